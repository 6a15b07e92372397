package dev.ringscope.emulator.insn;

/** A region that is being compiled, runs, or has been given up; its blocks point here. */
final class RegionSlot {
    /** Runs after which a region must have been worth entering. */
    private static final int TRIAL = 4_096;
    /** Instructions per run that pay for entering it. */
    private static final int WORTH = 8;

    final RegionPlan plan;
    /** Null until it is compiled; written by the compiling thread. */
    volatile Region region;
    /** One of its blocks is. */
    boolean stale;

    boolean givenUp;
    private int runs;
    private long instructions;

    RegionSlot(RegionPlan plan) {
        this.plan = plan;
    }

    /** It has run; one that is left again at once is given up. */
    void ran(long executed) {
        instructions += executed;
        if (++runs % TRIAL == 0) {
            givenUp = instructions < (long) TRIAL * WORTH;
            instructions = 0;
        }
    }
}
