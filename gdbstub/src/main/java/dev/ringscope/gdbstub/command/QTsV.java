package dev.ringscope.gdbstub.command;

/** {@code qTsV}: all trace state variables have been listed by {@link QTfV}. */
record QTsV() implements Command {
    @Override
    public Reply answer(Session session) {
        return session.target().traceFrames().isPresent() ? Reply.text("l") : Reply.UNSUPPORTED;
    }
}
