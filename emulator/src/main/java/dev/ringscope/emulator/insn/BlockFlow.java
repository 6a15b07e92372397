package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Recorder;
import java.util.Arrays;

/**
 * Blocks executed and not yet given to the recorder, as {@link Recorder#flow} takes them; but a block that follows
 * itself in a region is told once, and behind it how long it did so.
 */
public final class BlockFlow {
    static final int CAPACITY = 1 << 12;
    /**
     * TIMES | n, directly behind the id of a block: it has been executed again and again, n instructions in all, 0 &lt;
     * n &lt; 2^30; the next entry is the block's length. Dividing is left to who reads it: a region's code has other
     * things to do.
     */
    static final int TIMES = 0xc000_0000;

    public final int[] entries = new int[CAPACITY];
    public int count;
    /** There is a {@link #TIMES} among them. */
    public boolean loops;

    /** Entries with loops written out; made when there is the first. */
    private int[] plain;

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
        int n = 0;
        for (int i = 0; i < count; i++) {
            int entry = entries[i];
            if (entry >= 0 && n >= CAPACITY - 1) { // what says that it ended early must come with a block
                recorder.flow(plain, n);
                n = 0;
            }
            if (entry >>> 30 != TIMES >>> 30) {
                plain[n++] = entry;
                continue;
            }
            int block = entries[i - 1];
            int times = (entry & ~TIMES) / entries[++i];
            for (int left = times - 1; left > 0; ) {
                int some = Math.min(left, CAPACITY - n);
                Arrays.fill(plain, n, n + some, block);
                n += some;
                left -= some;
                if (n == CAPACITY) {
                    recorder.flow(plain, n);
                    n = 0;
                }
            }
        }
        if (n > 0) {
            recorder.flow(plain, n);
        }
    }
}
