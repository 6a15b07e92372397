package dev.ringscope.gdbstub.command;

/** {@code qsThreadInfo}: more ids of threads; {@link QfThreadInfo} has given them all. */
record QsThreadInfo() implements Command {
    @Override
    public Reply answer(Session session) {
        return Reply.text("l");
    }
}
