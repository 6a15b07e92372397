package dev.ringscope.gdbstub.command;

/**
 * {@code QThreadSuffixSupported}: lldb asks whether register packets may name their thread, see {@link ThreadSuffix}.
 */
record QThreadSuffixSupported() implements Command {
    @Override
    public Reply answer(Session session) {
        return Reply.OK;
    }
}
