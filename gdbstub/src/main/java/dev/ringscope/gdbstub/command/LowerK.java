package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;

/**
 * {@code k}: ends the guest. gdb wants no answer; lldb wants to be told of the end. What can't be killed, such as a
 * recording, is left as it is.
 */
record LowerK() implements Command {
    @Override
    public Reply answer(Session session) {
        session.killAsked();
        return session.client().isLldb() ? StopReply.of(session, new Stop.Terminated(Signal.SIGKILL)) : Reply.NONE;
    }
}
