package dev.ringscope.trace.format;

import java.util.Arrays;

/**
 * Events as they go from the guest's thread to the encoder's: rows, and between them repetitions of the rows that came
 * last, which {@link EventRepeats} has found.
 */
public final class EventBatch {
    final EventRows rows;
    /** In front of which of the rows each repetition belongs; ascending. */
    int[] places = new int[64];
    /** How many events, the last before it, it repeats. */
    int[] periods = new int[64];
    /** How much later, in instructions, each is than the one a period before. */
    long[] distances = new long[64];
    /** How many events it stands for. */
    int[] lengths = new int[64];

    int repeats;
    private int count;

    /** @param capacity rows for the time being: it grows */
    public EventBatch(int capacity) {
        rows = new EventRows(capacity);
    }

    /** Events, those of repetitions too. */
    public int count() {
        return count;
    }

    /** Events that are rows. */
    public int told() {
        return rows.count();
    }

    public void clear() {
        rows.clear();
        repeats = 0;
        count = 0;
    }

    void add(EventRows from, int row) {
        rows.add(from, row);
        count++;
    }

    /** One more of a repetition, if the last one is of that period and nothing came behind it; else a new one. */
    void repeat(int period, long distance) {
        count++;
        int last = repeats - 1;
        if (last >= 0 && places[last] == rows.count() && periods[last] == period && distances[last] == distance) {
            lengths[last]++;
            return;
        }
        if (repeats == places.length) {
            places = Arrays.copyOf(places, 2 * repeats);
            periods = Arrays.copyOf(periods, 2 * repeats);
            distances = Arrays.copyOf(distances, 2 * repeats);
            lengths = Arrays.copyOf(lengths, 2 * repeats);
        }
        places[repeats] = rows.count();
        periods[repeats] = period;
        distances[repeats] = distance;
        lengths[repeats++] = 1;
    }
}
