package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.OptionalLong;

/**
 * {@code qGetTLSAddr:thread-id,offset,lm}: where a thread-local variable lies. Only the program's own are known
 * ({@code lm} 0), not those of shared libraries.
 */
record QGetTLSAddr(ThreadId thread, long offset, long linkMap) implements Command {
    static Command read(PacketScanner in) {
        ThreadId thread = ThreadId.read(in);
        long offset = in.expect(',').hex64();
        long linkMap = in.expect(',').hex64();
        in.end();
        return new QGetTLSAddr(thread, offset, linkMap);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        OptionalLong address = session.thread(thread).threadLocal(offset);
        if (linkMap != 0 || address.isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        return Reply.text(Hex.of(address.getAsLong()));
    }
}
