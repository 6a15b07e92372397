package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often exceptions and interrupts have been taken, by what brought them and by vector. */
public final class TrapCounts {
    private final SortedMap<Integer, Long> counts;

    TrapCounts() {
        this(new TrapCounts[0]);
    }

    /** The sum of others. */
    TrapCounts(TrapCounts... others) {
        counts = new TreeMap<>();
        for (TrapCounts other : others) {
            other.counts.forEach((key, count) -> counts.merge(key, count, Long::sum));
        }
    }

    void add(Event.Trap trap) {
        counts.merge(trap.cause().ordinal() << 8 | trap.vector(), 1L, Long::sum);
    }

    /** Those that one cause brought: how many by vector, ascending; only vectors that were taken. */
    public SortedMap<Integer, Long> of(Event.Cause cause) {
        int first = cause.ordinal() << 8;
        SortedMap<Integer, Long> found = new TreeMap<>();
        counts.subMap(first, first + 256).forEach((key, count) -> found.put(key - first, count));
        return found;
    }
}
