package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code vFile:setfs:pid}: whose file system is meant; there is only one. */
record VFileSetfs() implements Command {
    static Command read(PacketScanner in) {
        in.hex(Integer.MAX_VALUE);
        in.end();
        return new VFileSetfs();
    }

    @Override
    public Reply answer(Session session) {
        return session.target().files().isPresent() ? Reply.text("F0") : Reply.UNSUPPORTED;
    }
}
