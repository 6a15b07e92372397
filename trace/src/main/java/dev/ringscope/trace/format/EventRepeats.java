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

    /** The latest ones, in a ring; of a loop that has been found the latest of each of its events. */
    private final EventRows recent = new EventRows(KEPT);

    /** For turning a loop in {@link #recent}. */
    private final EventRows turned = new EventRows(LONGEST);

    private int known;
    /** 0: no loop has been found. */
    private int period;
    /** Which of a loop's events is the oldest, the one that comes next, counted from the first in {@link #recent}. */
    private int phase;

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
        int row = recent.count();
        int next = next();
        recent.add(event);
        if (period > 0) {
            long position = recent.position(row);
            if (position - recent.position(next) == distance && recent.same(row, next)) {
                recent.rewind(row);
                repeated(next, position, out);
                return;
            }
            recent.rewind(row);
            endLoop();
            recent.add(event);
        }
        added(out);
    }

    /** Says an event of words alone: small fields as {@link EventRows} packs them, then the large ones. */
    public void add(long position, long small, long a, long b, long c, long d, long e, long f, long g, EventBatch out) {
        if (period > 0) {
            int next = next();
            if (position - recent.position(next) == distance && recent.same(next, small, a, b, c, d, e, f, g)) {
                repeated(next, position, out);
                return;
            }
            endLoop();
        }
        recent.add(position, small, a, b, c, d, e, f, g);
        added(out);
    }

    /** The row that the next event is like if the loop goes on. */
    private int next() {
        return recent.count() - period + phase & KEPT - 1;
    }

    /** Nothing is copied: the row is the latest of its like now. */
    private void repeated(int row, long position, EventBatch out) {
        recent.move(row, position);
        phase = phase + 1 == period ? 0 : phase + 1;
        out.repeat(period, distance);
    }

    /** The loop's events are put in their order, and are all that is known. */
    private void endLoop() {
        int first = recent.count() - period;
        if (phase > 0) {
            turned.clear();
            for (int i = 0; i < period; i++) {
                turned.add(recent, first + (phase + i) % period & KEPT - 1);
            }
            int end = recent.count();
            for (int i = 0; i < period; i++) {
                recent.rewind(first + i & KEPT - 1);
                recent.add(turned, i);
            }
            recent.rewind(end);
        }
        known = period;
        period = 0;
        pause = CERTAIN;
        wait = CERTAIN;
    }

    private void added(EventBatch out) {
        int row = recent.count() - 1;
        if (row == KEPT - 1) {
            recent.rewind(0);
        }
        known = Math.min(KEPT, known + 1);
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
                phase = 0;
                distance = by;
                return;
            }
        }
        pause = Math.min(2 * pause, SELDOM);
        wait = pause;
    }
}
