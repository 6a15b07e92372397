package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code qXfer:siginfo:read}: the siginfo_t of the signal that the selected thread stopped with. */
record QXferSiginfoRead(Xfer xfer) implements Command {
    static Command read(PacketScanner in) {
        return new QXferSiginfoRead(Xfer.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        return session.thread().siginfo().map(xfer::of).orElse(Reply.UNSUPPORTED);
    }
}
