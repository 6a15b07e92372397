package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.List;

/** {@code R XX}: starts again from the beginning, with no answer. */
record UpperR() implements Command {
    static Command read(PacketScanner in) {
        in.rest();
        return new UpperR();
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (session.target().restart().isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        VRun.restart(session, List.of());
        return Reply.NONE;
    }
}
