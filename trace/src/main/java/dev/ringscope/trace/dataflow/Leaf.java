package dev.ringscope.trace.dataflow;

/** Where a value begins. */
public enum Leaf {
    /** It does not: it was computed, or copied. */
    NONE,
    /** In an instruction: an immediate, a value that does not depend on its operands. */
    CONSTANT,
    /** It was read from a port. */
    PORT,
    /** It was read from a device's memory. */
    DEVICE,
    /** The processor made it: CPUID, a counter, an MSR, an interrupt's frame. */
    PROCESSOR,
    /** The page walk set accessed and dirty bits in it. */
    PAGE_WALK,
    /** A device, the host or a debugger wrote it to memory. */
    OUTSIDE,
    /** It was there when the guest started: its image, or a register's state. */
    INITIAL
}
