package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.packet.Hex;
import java.util.stream.Collectors;

/** {@code jThreadsInfo}: all threads with their expedited registers, as JSON, for lldb. */
record JThreadsInfo() implements Command {
    @Override
    public Reply answer(Session session) {
        if (session.ended()) {
            return Reply.text("[]");
        }
        return Reply.text(session.target().threads().stream()
                .map(t -> json(session, t))
                .collect(Collectors.joining(",", "[", "]")));
    }

    private static String json(Session session, GuestThread thread) {
        String registers = session.view().description().expedited().stream()
                .map(r -> "\"" + r.number() + "\":\"" + value(session, thread, r) + "\"")
                .collect(Collectors.joining(","));
        boolean stopped = StopReply.thread(session.stop()) == thread.id();
        return "{\"tid\":" + thread.id() + ",\"reason\":\"" + (stopped ? StopReply.lldbReason(session.stop()) : "none")
                + "\",\"registers\":{" + registers + "}}";
    }

    private static String value(Session session, GuestThread thread, Register register) {
        return Hex.of(session.view().registers(thread).read(register));
    }
}
