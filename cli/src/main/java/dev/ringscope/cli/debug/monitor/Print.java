package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor print}, or {@code p}: the value of an {@link Expression}. */
record Print(Guest guest, String name) implements GuestCommand {
    @Override
    public String summary() {
        return "[/x|/d|/u|/o|/c] EXPRESSION: its value, for example p/x $cr3 & ~0xfff";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        char format = 'x';
        String expression = arguments;
        if (arguments.startsWith("/")) {
            if (!arguments.matches("/[xduoc] .*")) {
                throw new RefusedException("print: expected /x, /d, /u, /o or /c and an expression");
            }
            format = arguments.charAt(1);
            expression = arguments.substring(3);
        }
        return MemoryFormat.single(format, Expression.value(guest.machine(), expression)) + "\n";
    }
}
