package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code T thread-id}: is this thread alive? */
record UpperT(ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        ThreadId id = ThreadId.read(in);
        in.end();
        return new UpperT(id);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        session.thread(thread);
        return Reply.OK;
    }
}
