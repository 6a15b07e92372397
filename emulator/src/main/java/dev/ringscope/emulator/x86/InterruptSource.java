package dev.ringscope.emulator.x86;

/** What stands behind the processor's INTR pin: the local APIC or, without one, the 8259 pair. */
public interface InterruptSource {
    /** An interrupt waits that the processor would get if it asked now. */
    boolean pending();

    /** The interrupt acknowledge cycle: takes the interrupt and returns its vector, 0..255. */
    int acknowledge();
}
