package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.MemoryAccess.By;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/**
 * Every access to an address range: reads, writes and executed instructions, by linear or by physical address as it was
 * translated at that moment. At one position the instruction comes in front of its data.
 *
 * <p>By linear address it is what {@link Accesses} and {@link Instructions} tell. By physical address writes of others
 * than the processor are told too.
 */
public final class MemoryAccesses {
    private MemoryAccesses() {}

    /** @param filter its addresses are those of the space; its vectors do not count */
    public static void list(
            Recording recording, Set<Touch.Kind> kinds, Touch.Space space, Filter filter, Answers<MemoryAccess> answers)
            throws IOException {
        Set<Touch.Kind> data = EnumSet.noneOf(Touch.Kind.class);
        data.addAll(kinds);
        if (!data.remove(Touch.Kind.EXECUTE)) {
            data(recording, data, space, filter, answers);
        } else if (data.isEmpty()) {
            executed(recording, space, filter, answers);
        } else {
            both(recording, data, space, filter, answers);
        }
    }

    private static void executed(Recording recording, Touch.Space space, Filter filter, Answers<MemoryAccess> answers)
            throws IOException {
        TraceReader trace = recording.trace();
        Executions any = new Executions(trace, filter, space, 0, 0, answers);
        Chunks.search(
                trace,
                filter.range(),
                any::mayHold,
                (part, found) -> {
                    Executions in = new Executions(trace, filter, space, part.number(), part.number() + 1, found);
                    for (MemoryAccess e = in.next(); e != null; e = in.next()) {
                        if (!found.take(e)) {
                            return false;
                        }
                    }
                    return true;
                },
                answers);
    }

    private static void both(
            Recording recording, Set<Touch.Kind> data, Touch.Space space, Filter filter, Answers<MemoryAccess> answers)
            throws IOException {
        TraceReader trace = recording.trace();
        Range range = filter.range();
        int first = trace.map().firstChunkReaching(range.from());
        Executions code = new Executions(trace, filter, space, first, trace.chunkCount(), answers);
        Answers<MemoryAccess> wanted = range.limit(answers);
        Filter all = filter.withRange(new Range(range.from(), range.to(), 0));
        Answers<MemoryAccess> merge = new Answers<>() {
            private MemoryAccess next = code.next();
            private boolean more = true;

            @Override
            public boolean take(MemoryAccess access) throws IOException {
                while (more && next != null && next.position() <= access.position()) {
                    more = wanted.take(next);
                    next = code.next();
                }
                more = more && (access.kind() == Touch.Kind.EXECUTE || wanted.take(access));
                return more;
            }

            @Override
            public void check() {
                answers.check();
            }
        };
        data(recording, data, space, all, merge);
        merge.take(new MemoryAccess(Long.MAX_VALUE, Touch.Kind.EXECUTE, 0, 1, 0, By.PROCESSOR));
    }

    private static void data(
            Recording recording, Set<Touch.Kind> kinds, Touch.Space space, Filter filter, Answers<MemoryAccess> answers)
            throws IOException {
        if (space == Touch.Space.PHYSICAL) {
            AddressRanges all = AddressRanges.of(java.util.List.of(new AddressRanges.Span(0, -1)));
            AddressRanges addresses = filter.addresses().orElse(all);
            Candidates candidates = new Candidates(recording.trace(), kinds, space, addresses);
            Derivation.search(
                    recording,
                    filter.range(),
                    () -> new Physical(recording, kinds, filter, candidates, addresses),
                    answers);
            return;
        }
        Set<Accesses.Kind> stored = EnumSet.noneOf(Accesses.Kind.class);
        kinds.forEach(kind -> stored.add(Accesses.Kind.of(kind == Touch.Kind.WRITE)));
        Answers<MemoryAccess> wanted = filter.range().limit(answers);
        Accesses.batches(recording, stored, filter, Answers.asked(answers, batch -> {
            boolean more = true;
            for (int i = 0; more && i < batch.count(); i++) {
                more = wanted.take(new MemoryAccess(
                        batch.position(i),
                        kind(batch.write(i)),
                        batch.address(i),
                        batch.size(i),
                        batch.value(i),
                        By.PROCESSOR));
            }
            return more;
        }));
    }

    private static Touch.Kind kind(boolean write) {
        return write ? Touch.Kind.WRITE : Touch.Kind.READ;
    }

    private static final class Physical extends WatchedAccesses<MemoryAccess> {
        private final Set<Touch.Kind> kinds;
        private final Filter filter;
        private final Contexts contexts;

        Physical(
                Recording recording,
                Set<Touch.Kind> kinds,
                Filter filter,
                Candidates candidates,
                AddressRanges addresses) {
            super(recording, filter.range(), candidates, Touch.Space.PHYSICAL, addresses);
            this.kinds = kinds;
            this.filter = filter;
            contexts = new Contexts(recording.trace(), filter);
        }

        @Override
        public void accessed(long linear, long physical, int size, boolean write, long value) {
            found(position(), kind(write), gated(physical), size, value, By.PROCESSOR);
        }

        @Override
        public void outside(long physical, byte[] data) {
            pieces(
                    gated(physical),
                    data,
                    (address, size, value) -> found(position(), Touch.Kind.WRITE, address, size, value, By.OUTSIDE));
        }

        @Override
        public void event(Event event) {
            if (event instanceof Event.TableUpdate e
                    && (e.writer() == Event.TableWriter.ACCESSED_BIT || e.writer() == Event.TableWriter.DIRTY_BIT)) {
                found(e.position(), Touch.Kind.WRITE, e.entry(), e.entrySize(), e.newValue(), By.PAGE_WALK);
            }
        }

        private void found(long position, Touch.Kind kind, long address, int size, long value, By by) {
            if (kinds.contains(kind) && filter.addresses(address, size) && wants(position) && contexts.fit(position)) {
                answer(new MemoryAccess(position, kind, address, size, value, by));
            }
        }
    }
}
