package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code qThreadExtraInfo,thread-id}: what {@code info threads} shows. */
record QThreadExtraInfo(ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        ThreadId id = ThreadId.read(in);
        in.end();
        return new QThreadExtraInfo(id);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        return Reply.text(Hex.of(session.thread(thread).describe()));
    }

    @Override
    public boolean explainsErrors() {
        return false;
    }
}
