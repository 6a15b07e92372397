package dev.ringscope.gdbstub.command;

/** {@code !}: gdb's {@code target extended-remote}; adds {@code run} and {@code attach}. */
record Bang() implements Command {
    @Override
    public Reply answer(Session session) {
        session.extend();
        return Reply.OK;
    }
}
