package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.nio.charset.StandardCharsets;

/** {@code qXfer:features:read:target.xml}: the target description. */
record QXferFeaturesRead(Xfer xfer) implements Command {
    static Command read(PacketScanner in) {
        return new QXferFeaturesRead(Xfer.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (!xfer.annex().equals("target.xml")) {
            throw new RefusedException("no feature document " + xfer.annex() + ", there is target.xml");
        }
        return xfer.of(session.view().description().xml().getBytes(StandardCharsets.UTF_8));
    }
}
