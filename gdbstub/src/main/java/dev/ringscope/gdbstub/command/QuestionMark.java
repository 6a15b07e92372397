package dev.ringscope.gdbstub.command;

import java.util.Optional;

/** {@code ?}: why does the target stand? */
record QuestionMark() implements Command {
    @Override
    public Reply answer(Session session) {
        Optional<NonStop> nonStop = session.nonStop();
        return nonStop.isPresent() ? nonStop.get().status(session) : StopReply.of(session, session.stop());
    }
}
