package dev.ringscope.trace;

import java.util.BitSet;

/** Decides where checkpoints lie: not too far apart to re-execute from, not so close that they outweigh the rest. */
final class CheckpointSchedule {
    /** A changed page must be worth so many instructions, unless the limit is reached. */
    private static final long INSTRUCTIONS_PER_PAGE = 8192;

    private final RecordingOptions options;
    private final BitSet changed = new BitSet();
    private long last;

    /** @param last position of the checkpoint that there is */
    CheckpointSchedule(RecordingOptions options, long last) {
        this.options = options;
        this.last = last;
    }

    /**
     * Asked at every chunk's end.
     *
     * @param written pages written in the chunk
     */
    boolean due(long position, long[] written) {
        for (long page : written) {
            changed.set((int) page);
        }
        long distance = position - last;
        boolean due = distance >= options.checkpointInstructions()
                && (distance >= options.checkpointLimit() || distance >= changed.cardinality() * INSTRUCTIONS_PER_PAGE);
        if (due) {
            last = position;
            changed.clear();
        }
        return due;
    }
}
