package dev.ringscope.emulator;

/** Why a run of the machine ended. */
public enum StopReason {
    /** The position asked for is reached. */
    LIMIT,
    /** {@link Machine#interrupt} was called from another thread. */
    INTERRUPTED,
    BREAKPOINT,
    WATCHPOINT,
    /** The guest switched the power off. */
    POWER_OFF,
    /** The guest asked for a reset of the machine. */
    RESET,
    /** HLT with nothing that could ever wake the processor. */
    HALTED,
    /** A fault while delivering a double fault. */
    TRIPLE_FAULT,
    /** The debug-exit device was written, or the user program exited; {@link Machine#exitStatus} holds the status. */
    EXIT
}
