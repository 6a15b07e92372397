package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.Hex;

/**
 * {@code qTfV}: the trace state variables that are there already. There is one, {@code $position}, which gdb shows like
 * any convenience variable; see {@link QTV}.
 */
record QTfV() implements Command {
    @Override
    public Reply answer(Session session) {
        if (session.target().traceFrames().isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        return Reply.text(Hex.of(QTV.POSITION) + ":0:1:" + Hex.of("position"));
    }
}
