package dev.ringscope.trace.query;

import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The instructions that retired and of which a byte lies at wanted addresses, one after the other. One thread. */
final class Executions {
    private static final int LONGEST = 15;
    private static final int LOOK = 1 << 15;

    private final TraceReader trace;
    private final Filter filter;
    private final Touch.Space space;
    private final Asker asker;
    private final Optional<Candidates> candidates;
    private final ChunkWalker walker;
    private final int end;
    private int chunk;
    private InstructionCursor cursor;
    private long chunkEnd;
    private int looked;

    /** @param end number of the chunk behind the last one */
    Executions(TraceReader trace, Filter filter, Touch.Space space, int chunk, int end, Asker asker) {
        this.trace = trace;
        this.filter = filter;
        this.space = space;
        this.asker = asker;
        this.chunk = chunk;
        this.end = end;
        walker = trace.chunks();
        candidates = filter.addresses()
                .map(Executions::beginnings)
                .filter(a -> space == Touch.Space.PHYSICAL || Candidates.few(a))
                .map(a -> new Candidates(trace, Set.of(Touch.Kind.EXECUTE), space, a));
    }

    /** Where an instruction can begin that has a byte in a set. */
    private static AddressRanges beginnings(AddressRanges bytes) {
        return AddressRanges.of(bytes.spans().stream()
                .map(s -> new AddressRanges.Span(
                        Long.compareUnsigned(s.first(), LONGEST) < 0 ? 0 : s.first() - LONGEST + 1, s.last()))
                .toList());
    }

    /** Whether a chunk can hold one. */
    boolean mayHold(int number) {
        return filter.mayHold(trace, number)
                && candidates.map(c -> c.mayHold(number)).orElse(true);
    }

    /** The next one; null behind the last. */
    MemoryAccess next() throws IOException {
        while (true) {
            if (cursor == null && !open()) {
                return null;
            }
            long limit = Math.min(chunkEnd, filter.range().to());
            while (cursor.position() + 1 < limit && cursor.next()) {
                if (++looked % LOOK == 0) {
                    asker.check();
                }
                if (wanted() && Contexts.fits(cursor, filter)) {
                    return access();
                }
            }
            cursor = null;
        }
    }

    private boolean open() throws IOException {
        while (chunk < end) {
            ChunkPlace place = trace.map().chunks().get(chunk);
            if (place.firstPosition() >= filter.range().to()) {
                return false;
            }
            chunk++;
            if (place.endPosition() > filter.range().from() && mayHold(chunk - 1)) {
                asker.check();
                cursor = trace.instructions(
                        Math.max(place.firstPosition(), filter.range().from()), walker);
                chunkEnd = place.endPosition();
                return true;
            }
        }
        return false;
    }

    private boolean wanted() {
        if (filter.addresses().isEmpty()) {
            return true;
        }
        BlockDefinition block = cursor.block();
        int size = block.lengths()[cursor.index()];
        if (space == Touch.Space.LINEAR) {
            return filter.addresses(cursor.address(), size);
        }
        long first = block.physical(cursor.index());
        int head = (int) Math.min(size, 4096 - (first & 4095));
        return filter.addresses(first, head) || head < size && filter.addresses(block.secondPage() << 12, size - head);
    }

    private MemoryAccess access() {
        BlockDefinition block = cursor.block();
        long address = space == Touch.Space.LINEAR ? cursor.address() : block.physical(cursor.index());
        return new MemoryAccess(
                cursor.position(),
                Touch.Kind.EXECUTE,
                address,
                block.lengths()[cursor.index()],
                0,
                MemoryAccess.By.PROCESSOR);
    }
}
