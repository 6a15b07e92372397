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
        Answers<Access> wanted = filter.range().limit(answers);
        batches(recording, kinds, filter, Answers.asked(answers, batch -> batch.give(wanted)));
    }

    /**
     * The same, many at a time: for whoever counts them, or wants few columns.
     *
     * @param filter its vectors do not count, and neither does its range's count
     */
    public static void batches(Recording recording, Set<Kind> kinds, Filter filter, Answers<AccessBatch> answers)
            throws IOException {
        TraceReader trace = recording.trace();
        Range range = new Range(filter.range().from(), filter.range().to(), 0);
        Optional<Candidates> candidates = filter.addresses()
                .filter(Candidates::few)
                .map(addresses -> new Candidates(trace, touches(kinds), Touch.Space.LINEAR, addresses));
        if (trace.detail() == Detail.FLOW) {
            Derivation.Maker<AccessBatch> maker = candidates
                    .<Derivation.Maker<AccessBatch>>map(c -> () -> new Watched(recording, range, kinds, filter, c))
                    .orElse(() -> new Derived(recording, range, kinds, filter));
            Derivation.search(recording, range, maker, answers);
            return;
        }
        Chunks.search(
                trace,
                range,
                i -> trace.summary(i).getAccessCount() > 0
                        && filter.mayHold(trace, i)
                        && candidates.map(c -> c.mayHold(i)).orElse(true),
                (part, found) -> stored(part.decode().accesses(), range, new AccessFilter(trace, kinds, filter), found),
                answers);
    }

    private static Set<Touch.Kind> touches(Set<Kind> kinds) {
        Set<Touch.Kind> touches = EnumSet.noneOf(Touch.Kind.class);
        kinds.forEach(kind -> touches.add(kind == Kind.WRITE ? Touch.Kind.WRITE : Touch.Kind.READ));
        return touches;
    }

    private static boolean stored(AccessCursor a, Range range, AccessFilter wanted, Answers<AccessBatch> found)
            throws IOException {
        AccessBatch batch = new AccessBatch();
        Looks looks = new Looks(found);
        while (a.next()) {
            looks.piece();
            if (range.holds(a.position()) && wanted.fits(a.position(), a.address(), a.size(), a.write())) {
                batch.add(a.position(), a.address(), a.size(), a.write(), a.value());
            }
            if (batch.count() == AccessBatch.MOST) {
                if (!found.take(batch)) {
                    return false;
                }
                batch = new AccessBatch();
            }
        }
        return batch.count() == 0 || found.take(batch);
    }

    /** Derived for few addresses. */
    private static final class Watched extends WatchedAccesses<AccessBatch> {
        private final AddressRanges addresses;
        private final AccessFilter wanted;
        private AccessBatch batch = new AccessBatch();

        Watched(Recording recording, Range range, Set<Kind> kinds, Filter filter, Candidates candidates) {
            super(
                    recording,
                    range,
                    candidates,
                    Touch.Space.LINEAR,
                    filter.addresses().orElseThrow());
            addresses = filter.addresses().orElseThrow();
            wanted = new AccessFilter(recording.trace(), kinds, filter);
        }

        @Override
        public void accessed(long linear, long physical, int size, boolean write, long value) {
            long position = position();
            // others on the page are the most
            if (addresses.overlaps(linear, size) && wants(position) && wanted.fits(position, linear, size, write)) {
                batch.add(position, linear, size, write, value);
                if (batch.count() == AccessBatch.MOST) {
                    handOn();
                }
            }
        }

        @Override
        public void crossed(long linear, long low, long second, long high, int size, boolean write, long value) {
            accessed(linear, low, size, write, value);
        }

        private void handOn() {
            if (batch.count() > 0) {
                AccessBatch full = batch;
                batch = new AccessBatch();
                answer(full);
            }
        }

        @Override
        void stepped(long position) {
            handOn();
        }

        @Override
        void end(long position) {
            handOn();
        }
    }

    private static final class Derived extends Derivation<AccessBatch> {
        private final AccessFilter wanted;

        Derived(Recording recording, Range range, Set<Kind> kinds, Filter filter) {
            super(recording, Detail.MEMORY, range);
            wanted = new AccessFilter(recording.trace(), kinds, filter);
        }

        @Override
        public void accesses(AccessLog log) {
            check();
            AccessBatch batch = more() ? wanted.pick(log, first(), last()) : null;
            if (batch != null) {
                answer(batch);
            }
        }
    }
}
