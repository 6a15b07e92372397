package dev.ringscope.trace.export;

import java.util.Map;
import java.util.TreeMap;

/** How often the bytes of the code were executed, from how often blocks of it were. */
final class ExecutionCounts {
    /** By how much the count changes at an address. */
    private final TreeMap<Long, Long> steps = new TreeMap<>(Long::compareUnsigned);
    /** The count from an address on; made of the steps when it is asked for. */
    private final TreeMap<Long, Long> counts = new TreeMap<>(Long::compareUnsigned);

    void add(long address, int size, long executions) {
        steps.merge(address, executions, Long::sum);
        steps.merge(address + size, -executions, Long::sum);
        counts.clear();
    }

    /** Of the byte that was executed most often. @param end behind the last of them */
    long most(long first, long end) {
        if (counts.isEmpty()) {
            long count = 0;
            for (Map.Entry<Long, Long> step : steps.entrySet()) {
                count += step.getValue();
                counts.put(step.getKey(), count);
            }
        }
        Map.Entry<Long, Long> before = counts.floorEntry(first);
        long most = before == null ? 0 : before.getValue();
        for (long count : counts.subMap(first, end).values()) {
            most = Math.max(most, count);
        }
        return most;
    }
}
