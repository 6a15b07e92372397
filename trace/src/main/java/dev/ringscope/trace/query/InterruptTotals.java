package dev.ringscope.trace.query;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How often was each vector delivered, and how long did its handlers take? */
public final class InterruptTotals {
    /**
     * Of one vector, with durations as {@link Interrupts.Interrupt#duration} counts them.
     *
     * @param count deliveries
     * @param ended those that ended; the rest counts for nothing else
     * @param min, median, max instructions; the median is the lower of two in the middle; 0 if none ended
     * @param residence instructions of all, those of nested ones counted again
     */
    public record Total(int vector, long count, long ended, long min, long median, long max, long residence) {}

    /** Durations of one vector: all of them, 8 bytes each. */
    private static final class Durations {
        private long count;
        private long[] ended = new long[16];
        private int length;

        void add(Interrupts.Interrupt interrupt) {
            count++;
            if (interrupt.ended()) {
                if (length == ended.length) {
                    ended = Arrays.copyOf(ended, 2 * length);
                }
                ended[length++] = interrupt.duration();
            }
        }

        Total total(int vector) {
            long[] sorted = Arrays.copyOf(ended, length);
            Arrays.sort(sorted);
            boolean none = length == 0;
            return new Total(
                    vector,
                    count,
                    length,
                    none ? 0 : sorted[0],
                    none ? 0 : sorted[(length - 1) / 2],
                    none ? 0 : sorted[length - 1],
                    Arrays.stream(sorted).sum());
        }
    }

    private InterruptTotals() {}

    /** By vector, ascending. @param filter as for {@link Interrupts#list} */
    public static List<Total> of(Recording recording, Filter filter, Asker asker) throws IOException {
        TreeMap<Integer, Durations> vectors = new TreeMap<>();
        Interrupts.list(recording, filter, new Answers<Interrupts.Interrupt>() {
            @Override
            public boolean take(Interrupts.Interrupt interrupt) {
                vectors.computeIfAbsent(interrupt.trap().vector(), _ -> new Durations())
                        .add(interrupt);
                return true;
            }

            @Override
            public void check() {
                asker.check();
            }
        });
        return vectors.entrySet().stream()
                .map(entry -> entry.getValue().total(entry.getKey()))
                .collect(Collectors.toList());
    }
}
