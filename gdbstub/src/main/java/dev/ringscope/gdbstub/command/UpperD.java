package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code D} or {@code D;pid}: lets the target go; the connection ends, and another client may come. */
record UpperD() implements Command {
    static Command read(PacketScanner in) {
        if (!in.atEnd()) {
            in.expect(';').hex(ThreadId.PROCESS);
        }
        in.end();
        return new UpperD();
    }

    @Override
    public Reply answer(Session session) {
        session.leave(Session.End.DETACHED);
        return Reply.OK;
    }
}
