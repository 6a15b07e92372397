package dev.ringscope.emulator.insn;

/** A region that is being compiled, runs, or has been given up; its blocks point here. */
final class RegionSlot {
    /** Runs after which a region must have been worth entering. */
    private static final int TRIAL = 4_096;
    /** Instructions per run that pay for entering it. */
    private static final int WORTH = 4;

    final RegionPlan plan;
    /** Null until it is compiled; written by the compiling thread. */
    volatile Region region;
    /** One of its blocks is. */
    boolean stale;

    boolean givenUp;
    private int runs;
    private long instructions;
    /** Instructions executed in runs that began with a block. */
    private final long[] executedFrom;

    RegionSlot(RegionPlan plan) {
        this.plan = plan;
        executedFrom = new long[plan.blocks.size()];
    }

    /** Where a run that begins with the block enters the region. */
    int entry(Block block) {
        return plan.grade == Grade.QUICK ? block.entry : 0;
    }

    /**
     * It has run; one that is left again at once is given up.
     *
     * @return instructions executed so far in runs that entered there
     */
    long ran(int entry, long executed) {
        instructions += executed;
        if (++runs % TRIAL == 0) {
            givenUp = instructions < (long) TRIAL * WORTH;
            instructions = 0;
        }
        return executedFrom[entry] += executed;
    }
}
