package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code vAttach;pid}: there is one process, and the client is attached to it already. */
record VAttach() implements Command {
    static Command read(PacketScanner in) {
        in.hex(ThreadId.PROCESS);
        in.end();
        return new VAttach();
    }

    @Override
    public Reply answer(Session session) {
        return StopReply.of(session, session.stop());
    }
}
