package dev.ringscope.gdbstub.command;

import java.util.Optional;

/** {@code vCtrlC}: what {@code ^C} is in non-stop mode. */
record VCtrlC() implements Command {
    @Override
    public Reply answer(Session session) {
        Optional<NonStop> nonStop = session.nonStop();
        if (nonStop.isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        nonStop.get().interrupt(session);
        return Reply.OK;
    }
}
