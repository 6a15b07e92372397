package dev.ringscope.gdbstub.command;

/** {@code ?}: why does the target stand? */
record QuestionMark() implements Command {
    @Override
    public Reply answer(Session session) {
        return StopReply.of(session, session.stop());
    }
}
