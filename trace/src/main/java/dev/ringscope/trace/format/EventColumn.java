package dev.ringscope.trace.format;

import java.util.Arrays;

/**
 * The events that have come and are in no chunk yet. One that repeats an earlier one is a position and that one's
 * number, so that a guest that does nothing but system calls needs little room and time.
 */
final class EventColumn {
    private static final int LONGEST = EventRepeats.LONGEST;
    /** Fewer are told one by one. */
    private static final int SHORTEST = 64;

    /** What each event in turn is, and where it happened. */
    interface Sink {
        void event(EventRows rows, int row, long position);

        /** What comes next is told once, and then {@link #again}. */
        void cycle();

        /**
         * What was told since {@link #cycle} comes again.
         *
         * @param times how often
         * @param distance instructions from one time to the next
         */
        void again(int times, long distance);
    }

    private EventRows rows = new EventRows(1 << 10);
    private EventRows spare = new EventRows(1 << 10);
    /** The row of each event, and its position; the latest events of the chunk before come first. */
    private int[] which = new int[1 << 10];

    private long[] positions = new long[1 << 10];
    /** How many they are. */
    private int before;

    private int end;

    /** How many there are. */
    int count() {
        return end - before;
    }

    long position(int event) {
        return positions[before + event];
    }

    void add(EventBatch batch) {
        reserve(batch.count());
        int from = 0;
        for (int i = 0; i < batch.repeats; i++) {
            addRows(batch.rows, from, batch.places[i]);
            from = batch.places[i];
            addAgain(batch.periods[i], batch.distances[i], batch.lengths[i]);
        }
        addRows(batch.rows, from, batch.rows.count());
    }

    private void addRows(EventRows from, int first, int last) {
        for (int row = first; row < last; row++) {
            which[end] = rows.count();
            positions[end++] = from.position(row);
            rows.add(from, row);
        }
    }

    private void addAgain(int period, long distance, int length) {
        int to = end + length;
        for (int i = end; i < to; i++) {
            which[i] = which[i - period];
            positions[i] = positions[i - period] + distance;
        }
        end = to;
    }

    private void reserve(int more) {
        if (which.length - end < more) {
            int size = Math.max(end + more, 2 * which.length);
            which = Arrays.copyOf(which, size);
            positions = Arrays.copyOf(positions, size);
        }
    }

    /** How many of the first ones are as many as this, or have so many bytes of inputs; 0 if there are no more. */
    int filling(int events, long bytes) {
        long sum = 0;
        for (int i = 0; rows.inputBytes() > bytes && i < Math.min(events, count()); i++) {
            sum += rows.inputBytes(which[before + i]);
            if (sum > bytes) {
                return i + 1;
            }
        }
        return count() > events ? events : 0;
    }

    /** How many have a position below a limit; they are in order. */
    int below(long limit) {
        int n = count();
        while (n > 0 && position(n - 1) >= limit) {
            n--;
        }
        return n;
    }

    /** Forgets the first ones, but for what may be repeated. */
    void drop(int first) {
        if (first == 0) {
            return;
        }
        int from = Math.max(0, before + first - LONGEST);
        before = before + first - from;
        end -= from;
        System.arraycopy(which, from, which, 0, end);
        System.arraycopy(positions, from, positions, 0, end);
        int[] moved = new int[rows.count()];
        Arrays.fill(moved, -1);
        for (int i = 0; i < end; i++) {
            int row = which[i];
            if (moved[row] < 0) {
                moved[row] = spare.count();
                spare.add(rows, row);
            }
            which[i] = moved[row];
        }
        rows.clear();
        EventRows empty = rows;
        rows = spare;
        spare = empty;
    }

    /** Tells the first ones. */
    void forEach(int first, Sink sink) {
        int[] last = new int[rows.count()];
        Arrays.fill(last, -1);
        int to = before + first;
        for (int at = before; at < to; ) {
            int seen = last[which[at]];
            int period = seen < 0 ? 1 : at - seen;
            int length = seen < 0 ? 0 : again(at, to, period);
            if (length < Math.max(SHORTEST, 2 * period)) {
                at = tell(at, Math.max(1, length), last, sink);
                continue;
            }
            sink.cycle();
            long distance = positions[at] - positions[seen];
            at = tell(at, period, last, sink);
            int times = length / period - 1;
            sink.again(times, distance);
            at += times * period;
        }
    }

    /** For how many events from one on each is what a period before it was, equally far behind it. */
    private int again(int at, int to, int period) {
        long distance = positions[at] - positions[at - period];
        int i = at;
        while (i < to && which[i] == which[i - period] && positions[i] - positions[i - period] == distance) {
            i++;
        }
        return i - at;
    }

    private int tell(int at, int count, int[] last, Sink sink) {
        for (int i = at; i < at + count; i++) {
            last[which[i]] = i;
            sink.event(rows, which[i], positions[i]);
        }
        return at + count;
    }
}
