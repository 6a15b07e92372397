package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.TargetDescription;
import dev.ringscope.gdbstub.packet.Hex;

/** {@code qProcessInfo}: lldb asks about the process; there is always number 1. */
record QProcessInfo() implements Command {
    @Override
    public Reply answer(Session session) {
        TargetDescription description = session.view().description();
        String system = description.triple().split("-")[2];
        return Reply.text("pid:" + Hex.of(ThreadId.PROCESS) + ";triple:" + Hex.of(description.triple()) + ";ostype:"
                + system + ";" + QHostInfo.layout(description));
    }
}
