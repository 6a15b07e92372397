package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.Hex;

/** An error as each client can read it: {@code E01}, {@code E.text} (gdb) or {@code E01;text in hex} (lldb). */
final class ErrorReply {
    /** The number says nothing: gdb only shows it, and lldb takes it for an errno. */
    private static final String CODE = "E01";

    private ErrorReply() {}

    /** @param explain whether this packet's answer may carry text, see {@link Command#explainsErrors} */
    static Reply of(ClientFeatures client, boolean explain, String why) {
        if (client.errorStrings()) {
            return Reply.text(CODE + ";" + Hex.of(why));
        }
        if (client.errorMessages() || explain && client.isGdb()) {
            return Reply.text("E." + printable(why));
        }
        return Reply.text(CODE);
    }

    private static String printable(String why) {
        StringBuilder text = new StringBuilder();
        // gdb does not undo escapes here, so nothing may need one.
        why.chars().forEach(c -> text.append(c < ' ' || c > '~' || "$#}*".indexOf(c) >= 0 ? ' ' : (char) c));
        return text.toString();
    }
}
