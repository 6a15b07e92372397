package dev.ringscope.emulator.insn;

/** What each run of a region from a {@link Block} touches besides {@link BlockHead}: it follows that in memory. */
abstract class BlockRun extends BlockHead {
    /** Number of the block in the {@link Grade#QUICK} region that it belongs to. */
    int entry;
    /** Instructions that {@link #region} may execute from here before it looks at its limit. */
    int reach;
    /** Instructions executed in runs of regions from here, and how many runs. */
    long executed;

    int runs;
    /** {@link #executed} at which a better region is looked for. */
    long improveAt;
    /** The block behind the last run of a region from here. */
    Block exit;

    BlockRun(long pc, long next, int key, Op[] ops, int epoch) {
        super(pc, next, key, ops, epoch);
    }
}
