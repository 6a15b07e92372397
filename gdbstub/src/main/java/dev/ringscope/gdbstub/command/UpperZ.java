package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.command.BreakpointSet.Key;
import dev.ringscope.gdbstub.command.BreakpointSet.Type;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code Z type,addr,kind[;Xlen,expr]...}: sets a breakpoint (types 0 and 1) or a watchpoint (2 to 4), at any address;
 * type 0 only where the target takes it.
 */
record UpperZ(Key key, List<AgentExpression> conditions) implements Command {
    private static final Type[] TYPES = Type.values();

    static Command read(PacketScanner in) {
        Key key = key(in);
        List<AgentExpression> conditions = new ArrayList<>();
        if (in.skip(';')) {
            while (in.skip('X')) {
                int length = in.hex(Session.PACKET_SIZE / 2);
                conditions.add(new AgentExpression(in.expect(',').hexBytes(length)));
            }
        }
        in.end();
        return new UpperZ(key, conditions);
    }

    static Key key(PacketScanner in) {
        Type type = TYPES[in.hex(TYPES.length - 1)];
        long address = in.expect(',').hex64();
        long kind = in.expect(',').hex64();
        boolean watches = type != Type.SOFTWARE && type != Type.HARDWARE;
        if (watches && kind == 0) {
            throw in.expected("a length above 0 before this");
        }
        return new Key(type, address, kind);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (key.type() == Type.SOFTWARE) {
            session.target().checkSoftwareBreakpoint(key.address());
        }
        session.breakpoints().insert(key, conditions);
        return Reply.OK;
    }
}
