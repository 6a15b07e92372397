package dev.ringscope.gdbstub.command;

/**
 * {@code qqemu.sstep}: how a single step treats interrupts, as the bits that {@link QqemuSstepbits} names. As in QEMU.
 */
record QqemuSstep() implements Command {
    @Override
    public Reply answer(Session session) {
        return Reply.text("0x" + Integer.toHexString(session.stepping().bits()));
    }
}
