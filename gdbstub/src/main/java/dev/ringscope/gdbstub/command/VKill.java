package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code vKill;pid}: as {@code k}, but answered. */
record VKill() implements Command {
    static Command read(PacketScanner in) {
        in.hex(ThreadId.PROCESS);
        in.end();
        return new VKill();
    }

    @Override
    public Reply answer(Session session) {
        session.killAsked();
        return Reply.OK;
    }
}
