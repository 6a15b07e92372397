package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;

/** {@code qC}: the current thread. */
record QC() implements Command {
    @Override
    public Reply answer(Session session) throws RefusedException {
        return Reply.text(
                "QC" + ThreadId.write(session.client(), session.thread().id()));
    }
}
