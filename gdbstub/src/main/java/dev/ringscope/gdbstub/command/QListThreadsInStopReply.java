package dev.ringscope.gdbstub.command;

/** {@code QListThreadsInStopReply}: lldb wants all threads and their pcs with every stop. */
record QListThreadsInStopReply() implements Command {
    @Override
    public Reply answer(Session session) {
        session.client().listThreadsInStopReply();
        return Reply.OK;
    }
}
