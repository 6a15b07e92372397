package dev.ringscope.trace.query;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.AccessCursor;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which data was read and written? Stored in traces of detail memory and full, derived for others. What the processor
 * accesses while it delivers an interrupt counts as done by the handler's first instruction, which has the same
 * position.
 */
public final class Accesses {
    /** What is done with data. */
    public enum Kind {
        READ,
        WRITE;

        /** Both. */
        public static final Set<Kind> ALL = Set.copyOf(EnumSet.allOf(Kind.class));

        static Kind of(boolean write) {
            return write ? WRITE : READ;
        }
    }

    /**
     * A data access.
     *
     * @param position of the instruction that was being executed
     * @param address linear
     * @param size bytes: 1, 2, 4 or 8
     * @param value as read or written, zero-extended
     */
    public record Access(long position, long address, int size, boolean write, long value) {}

    private Accesses() {}

    /** @param filter its vectors do not count */
    public static void list(Recording recording, Set<Kind> kinds, Filter filter, Answers<Access> answers)
            throws IOException {
        TraceReader trace = recording.trace();
        if (trace.detail() == Detail.FLOW
                && filter.addresses().map(Candidates::few).orElse(false)) {
            AddressRanges addresses = filter.addresses().get();
            Candidates candidates = new Candidates(trace, touches(kinds), Touch.Space.LINEAR, addresses);
            Derivation.search(
                    recording, filter.range(), () -> new Watched(recording, kinds, filter, candidates), answers);
            return;
        }
        if (trace.detail() == Detail.FLOW) {
            Derivation.search(recording, filter.range(), () -> new Derived(recording, kinds, filter), answers);
            return;
        }
        Optional<Candidates> candidates = filter.addresses()
                .filter(Candidates::few)
                .map(addresses -> new Candidates(trace, touches(kinds), Touch.Space.LINEAR, addresses));
        Chunks.search(
                trace,
                filter.range(),
                i -> trace.summary(i).getAccessCount() > 0
                        && filter.mayHold(trace.summary(i))
                        && candidates.map(c -> c.mayHold(i)).orElse(true),
                (part, found) -> stored(part.decode().accesses(), kinds, filter, new Contexts(trace, filter), found),
                answers);
    }

    private static Set<Touch.Kind> touches(Set<Kind> kinds) {
        Set<Touch.Kind> touches = EnumSet.noneOf(Touch.Kind.class);
        kinds.forEach(kind -> touches.add(kind == Kind.WRITE ? Touch.Kind.WRITE : Touch.Kind.READ));
        return touches;
    }

    /** Derived for few addresses. */
    private static final class Watched extends WatchedAccesses<Access> {
        private final Set<Kind> kinds;
        private final Filter filter;
        private final Contexts contexts;

        Watched(Recording recording, Set<Kind> kinds, Filter filter, Candidates candidates) {
            super(
                    recording,
                    filter.range(),
                    candidates,
                    Touch.Space.LINEAR,
                    filter.addresses().orElseThrow());
            this.kinds = kinds;
            this.filter = filter;
            contexts = new Contexts(recording.trace(), filter);
        }

        @Override
        public void accessed(long linear, long physical, int size, boolean write, long value) {
            long position = position();
            if (filter.addresses(linear, size)
                    && wants(position)
                    && kinds.contains(Kind.of(write))
                    && contexts.fit(position)) {
                answer(new Access(position, linear, size, write, value));
            }
        }

        @Override
        public void crossed(long linear, long low, long second, long high, int size, boolean write, long value) {
            accessed(linear, low, size, write, value);
        }
    }

    private static boolean stored(
            AccessCursor a, Set<Kind> kinds, Filter filter, Contexts contexts, Answers<Access> found)
            throws IOException {
        while (a.next()) {
            boolean right = filter.range().holds(a.position())
                    && filter.addresses(a.address(), a.size())
                    && kinds.contains(Kind.of(a.write()))
                    && contexts.fit(a.position());
            if (right && !found.take(new Access(a.position(), a.address(), a.size(), a.write(), a.value()))) {
                return false;
            }
        }
        return true;
    }

    private static final class Derived extends Derivation<Access> {
        private final Set<Kind> kinds;
        private final Filter filter;
        private final Contexts contexts;

        Derived(Recording recording, Set<Kind> kinds, Filter filter) {
            super(recording, Detail.MEMORY, filter.range());
            this.kinds = kinds;
            this.filter = filter;
            contexts = new Contexts(recording.trace(), filter);
        }

        @Override
        public void accesses(AccessLog log) {
            for (int i = 0; i < log.count; i++) {
                int size = log.kind[i] & 0xf;
                boolean write = (log.kind[i] & AccessLog.WRITE) != 0;
                long position = log.base + log.instruction[i];
                boolean right = filter.addresses(log.address[i], size)
                        && wants(position)
                        && kinds.contains(Kind.of(write))
                        && contexts.fit(position);
                if (right) {
                    answer(new Access(position, log.address[i], size, write, log.value[i]));
                }
            }
        }
    }
}
