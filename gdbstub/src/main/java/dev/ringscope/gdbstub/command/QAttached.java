package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * {@code qAttached[:pid]}: the target was there before the client, so that gdb detaches when it quits, and doesn't
 * kill.
 */
record QAttached() implements Command {
    static Command read(PacketScanner in) {
        in.rest();
        return new QAttached();
    }

    @Override
    public Reply answer(Session session) {
        return Reply.text("1");
    }
}
