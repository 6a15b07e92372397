package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code qXfer:auxv:read}: the program's ELF auxiliary vector. */
record QXferAuxvRead(Xfer xfer) implements Command {
    static Command read(PacketScanner in) {
        return new QXferAuxvRead(Xfer.read(in));
    }

    @Override
    public Reply answer(Session session) {
        return session.target().auxv().map(xfer::of).orElse(Reply.UNSUPPORTED);
    }
}
