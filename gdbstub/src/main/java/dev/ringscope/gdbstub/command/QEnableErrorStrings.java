package dev.ringscope.gdbstub.command;

/** {@code QEnableErrorStrings}: lldb wants errors as {@code E01;} and the text in hex. */
record QEnableErrorStrings() implements Command {
    @Override
    public Reply answer(Session session) {
        session.client().enableErrorStrings();
        return Reply.OK;
    }
}
