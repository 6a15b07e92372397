package dev.ringscope.gdbstub.command;

/** {@code qqemu.sstepbits}: what the bits of {@code qqemu.sstep} mean. As in QEMU. */
record QqemuSstepbits() implements Command {
    @Override
    public Reply answer(Session session) {
        return Reply.text(
                "ENABLE=" + StepSettings.ENABLE + ",NOIRQ=" + StepSettings.NOIRQ + ",NOTIMER=" + StepSettings.NOTIMER);
    }
}
