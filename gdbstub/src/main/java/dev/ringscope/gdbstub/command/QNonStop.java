package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code QNonStop:0|1}: a machine stops as a whole, so only 0 will do. */
record QNonStop(boolean nonStop) implements Command {
    static Command read(PacketScanner in) {
        boolean nonStop = in.hex(1) == 1;
        in.end();
        return new QNonStop(nonStop);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (nonStop) {
            throw new RefusedException("non-stop mode is not supported");
        }
        return Reply.OK;
    }
}
