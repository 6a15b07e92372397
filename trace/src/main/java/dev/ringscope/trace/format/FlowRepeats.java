package dev.ringscope.trace.format;

import java.util.Arrays;

/**
 * Finds loops in a flow as it comes. While nothing repeats itself, it looks now and then whether the last entries have
 * come once more shortly before; if so it compares what follows with that, a vector at a time, until something differs.
 * What it finds depends on the entries since {@link #reset} alone, not on the pieces in which they come.
 */
public final class FlowRepeats {
    /** Loops of more entries are not recognized. */
    static final int LONGEST = 1 << 10;

    /** A loop is one if so many entries have come twice; what repeats itself for less is not stored as a repetition. */
    static final int CERTAIN = 64;

    private static final int KEPT = LONGEST + CERTAIN;
    /** Where nothing has been found for long it is looked for again after so many entries. */
    private static final int SELDOM = 1 << 12;

    /** The entries before the present piece, and that. */
    private int[] window = new int[KEPT + (1 << 12)];
    /** How many of the first ones came since the last reset. */
    private int known;

    /** 0: none has been found. */
    private int period;
    /** For how many entries it has held. */
    private int held;
    /** Entries until it is looked for again. */
    private int wait = CERTAIN;

    private int pause = CERTAIN;

    /** What comes next has nothing to do with what has come: a chunk ends. */
    public void reset() {
        known = 0;
        period = 0;
        wait = CERTAIN;
        pause = CERTAIN;
    }

    /** Says entries of the machine, oldest first. */
    public void add(int[] from, int count, FlowBatch out) {
        if (window.length - KEPT < count) {
            window = Arrays.copyOf(window, KEPT + count);
        }
        System.arraycopy(from, 0, window, KEPT, count);
        int end = KEPT + count;
        int at = KEPT;
        while (at < end) {
            at += period > 0 ? follow(at, end, out) : pass(at, end, out);
        }
        System.arraycopy(window, count, window, 0, KEPT);
        known = Math.min(KEPT, known + count);
    }

    private int follow(int at, int end, FlowBatch out) {
        int same = Arrays.mismatch(window, at, end, window, at - period, end - period);
        int length = same < 0 ? end - at : same;
        if (length > 0) {
            out.repeat(period, length);
            held = Math.min(CERTAIN, held + Math.min(CERTAIN, length));
        }
        if (same >= 0) {
            period = 0;
            pause(held == CERTAIN ? CERTAIN : 2 * pause);
        }
        return length;
    }

    private int pass(int at, int end, FlowBatch out) {
        int length = Math.min(wait, end - at);
        out.add(window, at, length);
        wait -= length;
        if (wait == 0) {
            period = find(at + length);
            held = 0;
            if (period == 0) {
                pause(2 * pause);
            }
        }
        return length;
    }

    private void pause(int entries) {
        pause = Math.min(entries, SELDOM);
        wait = pause;
    }

    /** The shortest distance at which the last entries before a place have come before. */
    private int find(int end) {
        int[] w = window;
        int last = w[end - 1];
        int first = w[end - CERTAIN];
        int most = Math.min(LONGEST, known + end - KEPT - CERTAIN);
        for (int distance = 1; distance <= most; distance++) {
            if (w[end - 1 - distance] == last
                    && w[end - CERTAIN - distance] == first
                    && Arrays.mismatch(w, end - CERTAIN, end, w, end - CERTAIN - distance, end - distance) < 0) {
                return distance;
            }
        }
        return 0;
    }
}
