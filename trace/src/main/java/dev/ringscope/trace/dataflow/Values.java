package dev.ringscope.trace.dataflow;

import java.util.Arrays;

/** What bytes held behind a moment that wrote them, where that is known. */
final class Values {
    private Values() {}

    /** Hexadecimal, as one number; empty if the bytes do not belong together or their value was not kept. */
    static String of(Moment moment, long[] sorted) {
        long first = sorted[0];
        int count = sorted.length;
        boolean together = count <= 8 && sorted[count - 1] == first + count - 1;
        if (!together) {
            return "";
        }
        if (Location.inRegister(first)) {
            int number = Location.number(first);
            return number < Location.XMM ? hex(moment.after[number] >>> 8 * Location.index(first), count) : "";
        }
        for (Moment.Touched write : moment.writes().reversed()) {
            int at = Arrays.binarySearch(write.bytes(), first);
            if (at >= 0 && at + count <= write.bytes().length) {
                return hex(write.value() >>> 8 * at, count);
            }
        }
        return "";
    }

    private static String hex(long value, int count) {
        return "0x%x".formatted(count == 8 ? value : value & (1L << 8 * count) - 1);
    }
}
