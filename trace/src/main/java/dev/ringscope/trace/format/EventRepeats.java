package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;

/**
 * Finds loops in events as they come: system calls and interrupts that are the same again and again, equally far apart.
 * While nothing repeats itself it looks now and then whether the last events have come once more shortly before; if so
 * it compares what follows with that. What it finds depends on the events since {@link #reset} alone.
 */
public final class EventRepeats {
    /** Loops of more events are not recognized. */
    static final int LONGEST = 64;
    /** A loop is one if so many events have come twice. */
    private static final int CERTAIN = 16;

    private static final int SELDOM = 1 << 10;
    /** A power of two, above LONGEST + CERTAIN. */
    private static final int KEPT = 1 << 7;

    /** The latest ones, in a ring. */
    private final EventRows recent = new EventRows(KEPT);

    private int known;
    /** 0: no loop has been found. */
    private int period;

    private long distance;
    private int wait = CERTAIN;
    private int pause = CERTAIN;

    /** What comes next has nothing to do with what has come: a chunk ends. */
    public void reset() {
        known = 0;
        period = 0;
        wait = CERTAIN;
        pause = CERTAIN;
    }

    /** Says an event. Small, so that it is compiled into its callers and those make no object. */
    public void add(Event event, EventBatch out) {
        recent.add(event);
        added(out);
    }

    private void added(EventBatch out) {
        int row = recent.count() - 1;
        if (row == KEPT - 1) {
            recent.rewind();
        }
        known = Math.min(KEPT, known + 1);
        if (period > 0) {
            if (repeats(row, period, distance)) {
                out.repeat(period, distance);
                return;
            }
            period = 0;
            pause = CERTAIN;
            wait = CERTAIN;
        }
        out.add(recent, row);
        if (--wait == 0) {
            find(row);
        }
    }

    private boolean repeats(int row, int apart, long by) {
        int earlier = row - apart & KEPT - 1;
        return recent.position(row) - recent.position(earlier) == by && recent.same(row, earlier);
    }

    private void find(int row) {
        int most = Math.min(LONGEST, known - CERTAIN);
        for (int apart = 1; apart <= most; apart++) {
            long by = recent.position(row) - recent.position(row - apart & KEPT - 1);
            int same = 0;
            while (same < CERTAIN && repeats(row - same & KEPT - 1, apart, by)) {
                same++;
            }
            if (same == CERTAIN) {
                period = apart;
                distance = by;
                return;
            }
        }
        pause = Math.min(2 * pause, SELDOM);
        wait = pause;
    }
}
