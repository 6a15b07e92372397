package dev.ringscope.trace.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Strictly ascending numbers, stored as differences ("sorted deltas" of the specification). */
final class SortedDeltas {
    private SortedDeltas() {}

    /** @param count how many of the numbers, from the first */
    static List<Long> encode(long[] numbers, int from, int count) {
        List<Long> deltas = new ArrayList<>(count);
        long before = 0;
        for (int i = from; i < from + count; i++) {
            if (i > from && numbers[i] <= before) {
                throw new IllegalArgumentException(
                        "%d follows %d in a list that must ascend".formatted(numbers[i], before));
            }
            deltas.add(numbers[i] - before);
            before = numbers[i];
        }
        return deltas;
    }

    static List<Long> encode(long[] numbers) {
        return encode(numbers, 0, numbers.length);
    }

    /** The numbers again. */
    static long[] sums(List<Long> deltas) {
        long[] sums = new long[deltas.size()];
        long sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += deltas.get(i);
            sums[i] = sum;
        }
        return sums;
    }

    /** The numbers again, for lists that may be wrong. */
    static long[] sums(Place place, List<Long> deltas) {
        long[] sums = new long[deltas.size()];
        long sum = 0;
        for (int i = 0; i < sums.length; i++) {
            long delta = deltas.get(i);
            place.verify(i == 0 ? delta >= 0 : delta > 0, "a difference above 0 in a sorted list", delta);
            sum += delta;
            place.verify(sum >= 0, "numbers below 2^63 in a sorted list", sum);
            sums[i] = sum;
        }
        return sums;
    }

    /** Reads a packed column. */
    static long[] decode(WireInput column) {
        long[] numbers = new long[Math.min(column.remaining(), 64)];
        int count = 0;
        long before = 0;
        while (column.remaining() > 0) {
            long delta = column.rawVarint();
            column.place().verify(count == 0 || delta > 0, "a difference above 0 in a sorted list", delta);
            before += delta;
            column.place().verify(before >= 0 && delta >= 0, "numbers below 2^63 in a sorted list", before);
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, Math.min(2 * count, count + column.remaining() + 1));
            }
            numbers[count++] = before;
        }
        return Arrays.copyOf(numbers, count);
    }
}
