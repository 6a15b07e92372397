package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.TraceFrames;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.Optional;

/** {@code qTV:n}: the value of a trace state variable; {@code U} if it has none. */
record QTV(int number) implements Command {
    static final int POSITION = 1;

    static Command read(PacketScanner in) {
        int number = in.hex(Integer.MAX_VALUE);
        in.end();
        return new QTV(number);
    }

    @Override
    public Reply answer(Session session) {
        Optional<TraceFrames> frames = session.target().traceFrames();
        if (frames.isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        return Reply.text(number == POSITION ? "V" + Hex.of(frames.get().position()) : "U");
    }
}
