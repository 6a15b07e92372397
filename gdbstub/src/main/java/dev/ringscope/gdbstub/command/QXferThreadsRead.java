package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.nio.charset.StandardCharsets;

/** {@code qXfer:threads:read}: all threads with their processors and descriptions, in one document. */
record QXferThreadsRead(Xfer xfer) implements Command {
    static Command read(PacketScanner in) {
        return new QXferThreadsRead(Xfer.read(in));
    }

    @Override
    public Reply answer(Session session) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?>\n<threads>\n");
        if (!session.ended()) {
            for (GuestThread thread : session.target().threads()) {
                xml.append("<thread id=\"").append(ThreadId.write(session.client(), thread.id()));
                xml.append("\" core=\"").append(thread.core()).append('"');
                thread.name()
                        .ifPresent(name ->
                                xml.append(" name=\"").append(escape(name)).append('"'));
                xml.append('>');
                xml.append(escape(thread.describe())).append("</thread>\n");
            }
        }
        return xfer.of(xml.append("</threads>\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
