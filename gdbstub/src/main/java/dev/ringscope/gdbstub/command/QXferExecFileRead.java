package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code qXfer:exec-file:read}: the path of the program under debug. */
record QXferExecFileRead(Xfer xfer) implements Command {
    static Command read(PacketScanner in) {
        return new QXferExecFileRead(Xfer.read(in));
    }

    @Override
    public Reply answer(Session session) {
        Optional<String> path = session.target().execFile();
        return path.map(p -> xfer.of(p.getBytes(StandardCharsets.UTF_8))).orElse(Reply.UNSUPPORTED);
    }
}
