package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code Qqemu.PhyMemMode:0|1}: makes memory packets be about linear or physical addresses. As in QEMU. */
record QqemuPhyMemModeSet(boolean physical) implements Command {
    static Command read(PacketScanner in) {
        boolean physical = in.hex(1) == 1;
        in.end();
        return new QqemuPhyMemModeSet(physical);
    }

    @Override
    public Reply answer(Session session) {
        if (session.target().physicalMemory().isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        session.usePhysicalMemory(physical);
        return Reply.OK;
    }
}
