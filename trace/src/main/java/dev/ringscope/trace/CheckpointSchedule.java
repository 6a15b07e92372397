package dev.ringscope.trace;

import java.util.BitSet;

/**
 * Decides where chunks end and checkpoints lie. These lie so close that re-execution from one to the next is some
 * milliseconds of work, farther apart only where the same pages are written again and again, each of which every
 * checkpoint would store. What it decides by is what the guest did, so that two recordings of the same guest have the
 * same checkpoints.
 */
final class CheckpointSchedule {
    /**
     * Work of re-execution in terms of plain instructions inside a block, from the Linux boot: to enter a block, to
     * tell an event, to write a page for the first time since the chunk began.
     */
    private static final long WORK_PER_ENTRY = 3;

    private static final long WORK_PER_EVENT = 600;
    private static final long WORK_PER_PAGE = 4096;

    /** Storing a page again must be worth so many instructions, unless a limit is reached. */
    private static final long INSTRUCTIONS_PER_PAGE = 49_152;

    /**
     * A page written in a chunk must be worth so many: it is listed and summed at the chunk's end, and copied if the
     * guest is quicker.
     */
    private static final long CHUNK_PER_PAGE = 16_384;

    /** What re-execution from one to the next may cost for that: some 150 ms. */
    private static final long MOST_WORK = 1 << 24;

    private final RecordingOptions options;
    /** Pages written since the last checkpoint, and between the one before it and that. */
    private BitSet changed = new BitSet();

    private BitSet before = new BitSet();
    private long last;
    private long work;

    /** @param last position of the checkpoint that there is */
    CheckpointSchedule(RecordingOptions options, long last) {
        this.options = options;
        this.last = last;
    }

    /**
     * Asked at every chunk's end.
     *
     * @param written pages written in the chunk
     * @param entries blocks that were entered in it
     * @param events that it holds
     */
    boolean due(long position, long[] written, long entries, long events) {
        for (long page : written) {
            changed.set((int) page);
        }
        work += WORK_PER_PAGE * written.length + WORK_PER_ENTRY * entries + WORK_PER_EVENT * events;
        long distance = position - last;
        boolean due = distance >= options.checkpointInstructions()
                && distance + work >= options.checkpointWork()
                && (distance >= options.checkpointLimit()
                        || distance + work >= MOST_WORK
                        || distance >= again() * INSTRUCTIONS_PER_PAGE);
        if (due) {
            last = position;
            work = 0;
            before = changed;
            changed = new BitSet();
        }
        return due;
    }

    /** How long the next chunk is, when so many pages were written in the last one. */
    long chunk(int written) {
        long length = options.chunkInstructions();
        while (length < CHUNK_PER_PAGE * written && 2 * length <= options.chunkLimit()) {
            length *= 2;
        }
        return length;
    }

    /** Whether one at the recording's end would spare anybody some work. */
    boolean worthwhile(long position) {
        return position - last >= options.checkpointInstructions() / 2;
    }

    /** How many of the pages were stored by the last checkpoint too. */
    private long again() {
        BitSet both = (BitSet) changed.clone();
        both.and(before);
        return both.cardinality();
    }
}
