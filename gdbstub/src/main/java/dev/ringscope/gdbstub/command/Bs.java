package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.RunDirection;
import java.util.Optional;

/** {@code bs}: takes back one instruction. */
record Bs() implements Command {
    @Override
    public Reply answer(Session session) throws RefusedException {
        return new Run(RunDirection.BACKWARD, Run.actions(session, Action.STEP), Optional.empty()).go(session);
    }
}
