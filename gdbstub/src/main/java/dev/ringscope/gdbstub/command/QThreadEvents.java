package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.ProgramFeature;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code QThreadEvents:1|0}: whether the client wants to be told of every thread that begins or ends. */
record QThreadEvents(boolean wanted) implements Command {
    static Command read(PacketScanner in) {
        boolean wanted = in.hex(1) == 1;
        in.end();
        return new QThreadEvents(wanted);
    }

    @Override
    public Reply answer(Session session) {
        if (!session.target().programFeatures().contains(ProgramFeature.THREAD_EVENTS)) {
            return Reply.UNSUPPORTED;
        }
        session.events().threads(wanted);
        return Reply.OK;
    }
}
