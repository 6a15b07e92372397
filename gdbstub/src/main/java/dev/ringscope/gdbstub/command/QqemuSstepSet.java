package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code Qqemu.sstep=bits}: sets how a single step treats interrupts. As in QEMU, the number may begin with 0x. */
record QqemuSstepSet(int bits) implements Command {
    static Command read(PacketScanner in) {
        in.skip("0x");
        int bits = in.hex(StepSettings.ENABLE | StepSettings.NOIRQ | StepSettings.NOTIMER);
        in.end();
        return new QqemuSstepSet(bits);
    }

    @Override
    public Reply answer(Session session) {
        session.stepping().bits(bits);
        return Reply.OK;
    }
}
