package dev.ringscope.gdbstub.command;

import java.util.stream.Collectors;

/** {@code qfThreadInfo}: the ids of all threads. */
record QfThreadInfo() implements Command {
    @Override
    public Reply answer(Session session) {
        if (session.ended()) {
            return Reply.text("l");
        }
        return Reply.text(session.target().threads().stream()
                .map(t -> ThreadId.write(session.client(), t.id()))
                .collect(Collectors.joining(",", "m", "")));
    }
}
