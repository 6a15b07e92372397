package dev.ringscope.gdbstub.command;

/** {@code qTfP} and {@code qTsP}: the tracepoints that are there already, and there are none. */
record QTfP() implements Command {
    @Override
    public Reply answer(Session session) {
        return session.target().traceFrames().isPresent() ? Reply.text("l") : Reply.UNSUPPORTED;
    }
}
