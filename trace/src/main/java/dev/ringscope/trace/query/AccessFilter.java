package dev.ringscope.trace.query;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Accesses.Kind;
import java.util.Set;

/** Picks the accesses that a question wants, at ascending positions. One thread. */
final class AccessFilter {
    private final boolean reads;
    private final boolean writes;
    private final Filter filter;
    private final Contexts contexts;
    /** Nothing but the position decides. */
    private final boolean all;

    private final int[] rows = new int[AccessLog.CAPACITY];

    AccessFilter(TraceReader trace, Set<Kind> kinds, Filter filter) {
        this.filter = filter;
        reads = kinds.contains(Kind.READ);
        writes = kinds.contains(Kind.WRITE);
        contexts = new Contexts(trace, filter);
        all = reads && writes && filter.addresses().isEmpty() && !filter.byContext();
    }

    /** Whether an access is wanted; that its position is is known. */
    boolean fits(long position, long address, int size, boolean write) {
        return (write ? writes : reads) && filter.addresses(address, size) && contexts.fit(position);
    }

    /** What is wanted of a log from one position to another, both included; null if nothing is. */
    AccessBatch pick(AccessLog log, long first, long last) {
        int from = 0;
        int to = log.count;
        while (from < to && log.base + log.instruction[from] < first) {
            from++;
        }
        while (to > from && log.base + log.instruction[to - 1] > last) {
            to--;
        }
        if (all) {
            return from == to ? null : AccessBatch.of(log, from, to);
        }
        int count = 0;
        for (int i = from; i < to; i++) {
            byte kind = log.kind[i];
            if (fits(log.base + log.instruction[i], log.address[i], kind & 0xf, (kind & AccessLog.WRITE) != 0)) {
                rows[count++] = i;
            }
        }
        return count == 0 ? null : AccessBatch.of(log, rows, count);
    }
}
