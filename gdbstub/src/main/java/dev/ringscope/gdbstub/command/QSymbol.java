package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code qSymbol::}: gdb offers to look up symbols; there are none that we want. */
record QSymbol() implements Command {
    static Command read(PacketScanner in) {
        in.rest();
        return new QSymbol();
    }

    @Override
    public Reply answer(Session session) {
        return Reply.OK;
    }
}
