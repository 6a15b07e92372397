package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Recorder;

/**
 * Blocks executed and not yet given to the recorder, as {@link Recorder#flow} takes them; but what has gone round in a
 * loop of a region is told once, with how far.
 */
public final class BlockFlow {
    static final int CAPACITY = 1 << 12;
    /**
     * LOOP | {@link #shape}, with the number of the block that it began with: blocks have been executed one behind the
     * other and again from the first. The next two entries are the lower halves of the positions where that began and
     * ended, less than 2^31 apart; then come the ids. To subtract and to divide is left to who reads it: a region's
     * code has other things to do.
     */
    static final int LOOP = 0xc000_0000;

    /** Blocks that such a loop may have. */
    static final int LONGEST_LOOP = 4;

    /** So many entries repeat themselves whatever number of blocks the loop has. */
    private static final int PATTERN = 2 * 3 * LONGEST_LOOP;

    /** Bits of a block's length in a shape. */
    private static final int LENGTH_BITS = 7;

    private static final int LENGTH = (1 << LENGTH_BITS) - 1;
    /** Where a shape has the number of the block that it began with. */
    static final int BEGAN = LENGTH_BITS * LONGEST_LOOP;

    public final int[] entries = new int[CAPACITY];
    public int count;
    /** There is a {@link #LOOP} among them. */
    public boolean loops;

    /** Entries with loops written out; made when there is the first. */
    private int[] plain;

    private int written;

    /** The lengths of a loop's blocks, at most {@value Block#MAX} each; it begins with the first. */
    static int shape(int[] lengths) {
        int shape = 0;
        for (int i = 0; i < lengths.length; i++) {
            shape |= lengths[i] << LENGTH_BITS * i;
        }
        return shape;
    }

    /** Gives all entries away. */
    void drain(Recorder recorder) {
        if (loops) {
            writeOut(recorder);
        } else if (count > 0) {
            recorder.flow(entries, count);
        }
        count = 0;
        loops = false;
    }

    private void writeOut(Recorder recorder) {
        if (plain == null) {
            plain = new int[CAPACITY];
        }
        for (int i = 0; i < count; i++) {
            int entry = entries[i];
            if (entry >>> 30 == LOOP >>> 30) {
                i += 2 + writeOut(entry & ~LOOP, entries[i + 2] - entries[i + 1], i + 3, recorder);
                continue;
            }
            if (written >= CAPACITY - 1 && entry >= 0) { // what says that it ended early must come with a block
                give(recorder);
            }
            plain[written++] = entry;
        }
        if (written > 0) {
            give(recorder);
        }
    }

    private void give(Recorder recorder) {
        recorder.flow(plain, written);
        written = 0;
    }

    /** @return how many blocks the loop has */
    private int writeOut(int shape, int instructions, int ids, Recorder recorder) {
        int blocks = 0;
        int around = 0;
        for (int lengths = shape & (1 << BEGAN) - 1; lengths != 0; lengths >>>= LENGTH_BITS) {
            around += lengths & LENGTH;
            blocks++;
        }
        int block = shape >>> BEGAN;
        int left = instructions / around * blocks;
        int next = block;
        for (int rest = instructions % around; rest > 0; left++) {
            rest -= shape >>> LENGTH_BITS * next & LENGTH;
            next = next + 1 == blocks ? 0 : next + 1;
        }
        while (left > 0) {
            if (written == CAPACITY) {
                give(recorder);
            }
            int some = Math.min(left, CAPACITY - written);
            repeat(ids, blocks, block, some);
            block = (block + some) % blocks;
            left -= some;
        }
        return blocks;
    }

    /** Blocks of a loop, from one of them on. */
    private void repeat(int ids, int blocks, int first, int times) {
        int[] to = plain;
        int begin = written;
        int end = begin + times;
        int at = begin;
        int block = ids + first;
        for (int pattern = Math.min(end, begin + PATTERN); at < pattern; at++) {
            to[at] = entries[block];
            block = block + 1 == ids + blocks ? ids : block + 1;
        }
        while (at < end) {
            int some = Math.min(at - begin, end - at);
            System.arraycopy(to, begin, to, at, some);
            at += some;
        }
        written = end;
    }
}
