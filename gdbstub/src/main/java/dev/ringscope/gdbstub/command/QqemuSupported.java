package dev.ringscope.gdbstub.command;

/** {@code qqemu.Supported}: which of QEMU's own packets there are. */
record QqemuSupported() implements Command {
    @Override
    public Reply answer(Session session) {
        boolean physical = session.target().physicalMemory().isPresent();
        return Reply.text("sstepbits;sstep" + (physical ? ";PhyMemMode" : ""));
    }
}
