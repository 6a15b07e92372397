package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.command.BreakpointSet.Key;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code z type,addr,kind}: takes a breakpoint or watchpoint away. */
record LowerZ(Key key) implements Command {
    static Command read(PacketScanner in) {
        Key key = UpperZ.key(in);
        in.end();
        return new LowerZ(key);
    }

    @Override
    public Reply answer(Session session) {
        session.breakpoints().remove(key);
        return Reply.OK;
    }
}
