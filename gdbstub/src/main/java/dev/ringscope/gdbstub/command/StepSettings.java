package dev.ringscope.gdbstub.command;

/**
 * What a single step does about asynchronous interrupts; QEMU's {@code qqemu.sstep} bits and our {@code monitor
 * step-interrupts}.
 */
final class StepSettings {
    /** QEMU's bits: a step is a step; interrupts masked; timers stopped. */
    static final int ENABLE = 1;

    static final int NOIRQ = 2;
    static final int NOTIMER = 4;

    private int bits = ENABLE | NOIRQ | NOTIMER;

    int bits() {
        return bits;
    }

    void bits(int newBits) {
        bits = newBits;
    }

    boolean intoInterrupts() {
        return (bits & NOIRQ) == 0;
    }
}
