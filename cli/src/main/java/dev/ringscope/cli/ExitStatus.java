package dev.ringscope.cli;

import dev.ringscope.emulator.StopReason;

/**
 * Exit statuses, as the manual documents them. {@code run} and {@code record} give the guest's own where it has one: a
 * program's status, or what the debug-exit device was written.
 */
public final class ExitStatus {
    public static final int OK = 0;
    /** {@code verify} found a difference. */
    public static final int DIFFERENT = 1;
    /** The command line makes no sense. */
    public static final int USAGE = 64;
    /** A guest image or a trace is not what it should be. */
    public static final int DATA = 65;
    /** A file that should be read is not there, or not readable. */
    public static final int NO_INPUT = 66;
    /** A defect of Ringscope. */
    public static final int INTERNAL = 70;
    /** Reading, writing or listening failed. */
    public static final int IO = 74;
    /** {@code --max-instructions} was reached. */
    public static final int LIMIT = 124;
    /** The guest's processor shut down by a triple fault. */
    public static final int TRIPLE_FAULT = 125;
    /** Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitStatus() {}

    static int of(StopReason reason, int guestStatus) {
        return switch (reason) {
            case POWER_OFF, RESET, HALTED -> OK;
            case EXIT -> guestStatus & 0xff;
            case TRIPLE_FAULT -> TRIPLE_FAULT;
            case LIMIT -> LIMIT;
            case INTERRUPTED, BREAKPOINT, WATCHPOINT -> INTERRUPTED;
        };
    }
}
