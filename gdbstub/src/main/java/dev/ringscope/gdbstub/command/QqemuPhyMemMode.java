package dev.ringscope.gdbstub.command;

/** {@code qqemu.PhyMemMode}: are memory packets about physical addresses? As in QEMU. */
record QqemuPhyMemMode() implements Command {
    @Override
    public Reply answer(Session session) {
        return Reply.text(session.physicalMemory() ? "1" : "0");
    }
}
