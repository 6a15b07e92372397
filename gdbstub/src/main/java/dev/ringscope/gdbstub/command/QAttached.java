package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code qAttached[:pid]}: 1 if gdb is to detach when it quits, 0 if it is to kill. */
record QAttached() implements Command {
    static Command read(PacketScanner in) {
        in.rest();
        return new QAttached();
    }

    @Override
    public Reply answer(Session session) {
        return Reply.text(session.target().attached() ? "1" : "0");
    }
}
