package dev.ringscope.trace.format;

import java.util.Arrays;

/**
 * A piece of flow as it goes from the guest's thread to the encoder's: entries as the machine gave them, and between
 * them repetitions of what came last, which {@link FlowRepeats} has found.
 */
public final class FlowBatch {
    /** Entries that are told one by one. */
    int[] entries;

    int count;

    /** In front of which of the entries each repetition belongs; ascending. */
    int[] places = new int[64];
    /** How many entries, the last before it, it repeats. */
    int[] periods = new int[64];
    /** How many entries it stands for. */
    int[] lengths = new int[64];

    int repeats;

    /** @param capacity entries for the time being: it grows */
    public FlowBatch(int capacity) {
        entries = new int[capacity];
    }

    /** Entries that are told one by one; what says when a batch is full. */
    public int count() {
        return count;
    }

    public void clear() {
        count = 0;
        repeats = 0;
    }

    void add(int[] from, int at, int length) {
        if (entries.length - count < length) {
            entries = Arrays.copyOf(entries, Math.max(count + length, 2 * entries.length));
        }
        System.arraycopy(from, at, entries, count, length);
        count += length;
    }

    /** More of a repetition, if the last one is of that period and nothing came behind it; else a new one. */
    void repeat(int period, int length) {
        int last = repeats - 1;
        if (last >= 0 && places[last] == count && periods[last] == period) {
            lengths[last] += length;
            return;
        }
        if (repeats == places.length) {
            places = Arrays.copyOf(places, 2 * repeats);
            periods = Arrays.copyOf(periods, 2 * repeats);
            lengths = Arrays.copyOf(lengths, 2 * repeats);
        }
        places[repeats] = count;
        periods[repeats] = period;
        lengths[repeats++] = length;
    }
}
