package dev.ringscope.trace.format;

import dev.ringscope.emulator.Recorder;
import java.util.Arrays;

/**
 * Which static instruction retired at each position of a chunk, in any order and without a branch: a bit for each
 * position at which a block begins, so that a block's place among those executed is a sum of bits. {@link SlotCursor}
 * answers the same of ascending positions, with less to prepare.
 */
final class SlotMap {
    /** Bit p of this string of bits: a block begins at position p of the chunk. */
    private long[] starts = {};
    /** Blocks that begin in front of each word of it, less 1. */
    private int[] before = {};
    /** What is to be added to a position in each executed block, to give a slot. */
    private int[] difference = {};

    /**
     * Prepares for one chunk.
     *
     * @param count how many of the flow's entries belong to it
     * @param instructions how many these retire
     */
    void prepare(BlockGroup group, int[] entries, int count, int instructions) {
        int words = (instructions >>> 6) + 1;
        if (words > starts.length) {
            starts = new long[words];
            before = new int[words];
        } else {
            Arrays.fill(starts, 0, words, 0);
        }
        if (count >= difference.length) {
            difference = new int[count + 1];
        }
        int blocks = begin(group, entries, count);
        starts[words - 1] |= 1L << instructions;
        difference[blocks] = -instructions; // behind the last one is slot 0
        int sum = -1;
        for (int i = 0; i < words; i++) {
            before[i] = sum;
            sum += Long.bitCount(starts[i]);
        }
    }

    /** @return how many blocks retired anything */
    private int begin(BlockGroup group, int[] entries, int count) {
        int blocks = 0;
        int position = 0;
        for (int at = 0; at < count; at++) {
            int block = entries[at];
            int length = group.length(block);
            if (at + 1 < count && entries[at + 1] < 0) {
                length = entries[++at] & ~Recorder.PARTIAL;
            }
            starts[position >>> 6] |= 1L << position;
            difference[blocks] = group.slot(block) - position;
            blocks += length == 0 ? 0 : 1;
            position += length;
        }
        return blocks;
    }

    /**
     * 0 behind the chunk's last instruction.
     *
     * @param position in the chunk: 0 is its first instruction
     */
    int slot(int position) {
        int word = position >>> 6;
        return difference[before[word] + Long.bitCount(starts[word] << ~position)] + position;
    }
}
