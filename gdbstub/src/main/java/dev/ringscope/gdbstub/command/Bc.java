package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.RunDirection;
import java.util.Optional;

/** {@code bc}: continues backwards. */
record Bc() implements Command {
    @Override
    public Reply answer(Session session) throws RefusedException {
        return new Run(RunDirection.BACKWARD, Run.actions(session, Action.CONTINUE), Optional.empty()).go(session);
    }
}
