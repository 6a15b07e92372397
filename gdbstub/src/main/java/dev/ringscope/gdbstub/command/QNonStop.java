package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.ProgramFeature;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.Optional;

/** {@code QNonStop:0|1}: whether each thread stops for itself; a whole machine does not. */
record QNonStop(boolean nonStop) implements Command {
    static Command read(PacketScanner in) {
        boolean nonStop = in.hex(1) == 1;
        in.end();
        return new QNonStop(nonStop);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (nonStop && !session.target().programFeatures().contains(ProgramFeature.NON_STOP)) {
            throw new RefusedException("non-stop mode is for live programs: here everything stops together");
        }
        session.chooseNonStop(nonStop ? Optional.of(NonStop.begin(session.target())) : Optional.empty());
        return Reply.OK;
    }
}
