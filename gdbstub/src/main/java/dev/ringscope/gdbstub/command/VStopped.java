package dev.ringscope.gdbstub.command;

import java.util.Optional;

/** {@code vStopped}: the client has heard of one stop in non-stop mode, and wants to hear of the next. */
record VStopped() implements Command {
    @Override
    public Reply answer(Session session) {
        Optional<NonStop> nonStop = session.nonStop();
        return nonStop.isPresent() ? nonStop.get().next(session) : Reply.UNSUPPORTED;
    }
}
