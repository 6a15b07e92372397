package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code qRcmd,command}: gdb's {@code monitor}; the text goes to the console first. */
record QRcmd(String command) implements Command {
    static Command read(PacketScanner in) {
        String command = in.hexText();
        in.end();
        return new QRcmd(command);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        session.tellRefusal();
        String text;
        try (Heartbeat heart = session.heartbeat()) {
            text = Monitor.run(session, command);
        }
        session.console(text);
        return Reply.OK;
    }
}
