package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.CodeKind;
import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.BlockGroup;
import dev.ringscope.trace.format.ChunkPages;
import dev.ringscope.trace.format.DecodedChunk;
import dev.ringscope.trace.format.EventDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Where instructions at given linear addresses were executed, from the flow alone. An instruction that raises an
 * exception does not retire, so that the flow does not hold it: it is found by what the exception saved. One thread.
 */
public final class FlowSearch {
    private static final long MASK32 = 0xffff_ffffL;

    /**
     * An execution.
     *
     * @param position instructions that retired before it
     * @param retired false: an exception was delivered there that saved this address, so that the instruction was
     *     attempted and failed or (a trap) the one before it ended there
     */
    public record Hit(long position, boolean retired) {}

    private final TraceReader trace;
    private final ChunkWalker walker;
    private final LongPredicate wanted;
    private final LongPredicate pages;

    /** @param addresses linear, of first bytes of instructions */
    public FlowSearch(TraceReader trace, Set<Long> addresses) {
        this(trace, Set.copyOf(addresses)::contains, page -> holdsOneOf(page, addresses));
    }

    /**
     * @param wanted linear addresses of first bytes of instructions
     * @param pages whether any address of the 4096 from a linear one on is wanted
     */
    public FlowSearch(TraceReader trace, LongPredicate wanted, LongPredicate pages) {
        this.trace = trace;
        walker = trace.chunks();
        this.wanted = wanted;
        this.pages = pages;
    }

    private static boolean holdsOneOf(long page, Set<Long> addresses) {
        for (long address : addresses) {
            if (ChunkPages.linearPage(address) == ChunkPages.linearPage(page)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the index leaves it open that a chunk holds an execution; one that does is never left out. */
    public boolean mayHold(int chunk) {
        return trace.touches(chunk).mayRun(pages);
    }

    /** The last execution in front of a position. */
    public Optional<Hit> last(long limit) throws IOException {
        for (int chunk = Math.min(trace.map().firstChunkReaching(limit), trace.chunkCount() - 1); chunk >= 0; chunk--) {
            List<Hit> hits = mayHold(chunk) ? in(chunk, limit) : List.of();
            if (!hits.isEmpty()) {
                return Optional.of(hits.getFirst());
            }
        }
        return Optional.empty();
    }

    /**
     * The first execution in a chunk at or behind a position; where both kinds have a position, the one that did not
     * retire.
     */
    public Optional<Hit> first(int chunk, long from) throws IOException {
        DecodedChunk decoded = walker.decode(chunk);
        long retired = firstRetired(decoded, from);
        Optional<Hit> attempt = attempts(decoded, Long.MAX_VALUE).stream()
                .filter(hit -> hit.position >= from)
                .findFirst();
        if (retired < 0 || attempt.isPresent() && attempt.get().position <= retired) {
            return attempt;
        }
        return Optional.of(new Hit(retired, true));
    }

    private long firstRetired(DecodedChunk chunk, long from) {
        BlockGroup group = chunk.blocks();
        long[] places = places(group);
        int[] flow = chunk.flow();
        long position = chunk.envelope().firstPosition();
        for (int i = 0; i < flow.length; i++) {
            int block = flow[i];
            int length = group.get(block).instructions();
            if (i + 1 < flow.length && flow[i + 1] < 0) {
                length = flow[++i] & ~Recorder.PARTIAL;
            }
            if (position + length > from) {
                long skipped = Math.max(0, from - position);
                long left = places[block] & -1L << skipped;
                if (left != 0 && Long.numberOfTrailingZeros(left) < length) {
                    return position + Long.numberOfTrailingZeros(left);
                }
            }
            position += length;
        }
        return -1;
    }

    /**
     * The executions in a chunk in front of a position, latest first; where both kinds have a position, the one that
     * retired comes first.
     */
    public List<Hit> in(int chunk, long limit) throws IOException {
        DecodedChunk decoded = walker.decode(chunk);
        List<Hit> attempts = attempts(decoded, limit);
        List<Hit> retired = retired(decoded, limit);
        List<Hit> hits = new ArrayList<>(attempts.size() + retired.size());
        int a = attempts.size();
        for (int r = retired.size(); r > 0 || a > 0; ) {
            boolean attempt = r == 0 || a > 0 && attempts.get(a - 1).position > retired.get(r - 1).position;
            hits.add(attempt ? attempts.get(--a) : retired.get(--r));
        }
        return hits;
    }

    private List<Hit> retired(DecodedChunk chunk, long limit) {
        BlockGroup group = chunk.blocks();
        long[] places = places(group);
        List<Hit> hits = new ArrayList<>();
        int[] flow = chunk.flow();
        long position = chunk.envelope().firstPosition();
        for (int i = 0; i < flow.length && position < limit; i++) {
            int block = flow[i];
            int length = group.get(block).instructions();
            if (i + 1 < flow.length && flow[i + 1] < 0) {
                length = flow[++i] & ~Recorder.PARTIAL;
            }
            for (long left = places[block]; left != 0; left &= left - 1) {
                int n = Long.numberOfTrailingZeros(left);
                if (n < length && position + n < limit) {
                    hits.add(new Hit(position + n, true));
                }
            }
            position += length;
        }
        return hits;
    }

    private long[] places(BlockGroup group) {
        long[] places = new long[group.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = places(group.get(i));
        }
        return places;
    }

    /** Which of a block's instructions lie at wanted addresses: bit n for the n-th of at most 64. */
    private long places(BlockDefinition block) {
        long places = 0;
        long address = block.linear();
        for (int n = 0; n < block.instructions(); n++) {
            if (wanted.test(block.kind() == CodeKind.CODE_KIND_X86_64 ? address : address & MASK32)) {
                places |= 1L << n;
            }
            address += block.lengths()[n];
        }
        return places;
    }

    private List<Hit> attempts(DecodedChunk chunk, long limit) {
        if (chunk.envelope().summary().getVectorsCount() == 0) {
            return List.of();
        }
        Set<Long> bases = new HashSet<>();
        for (int i = 0; i < chunk.blocks().size(); i++) {
            bases.add(chunk.blocks().get(i).codeBase());
        }
        List<Hit> hits = new ArrayList<>();
        EventDecoder events = chunk.envelope().events();
        for (Event event = events.next(); event != null && event.position() < limit; event = events.next()) {
            if (event instanceof Event.Trap trap && trap.cause() == Event.Cause.EXCEPTION && saved(trap, bases)) {
                hits.add(new Hit(trap.position(), false));
            }
        }
        return hits;
    }

    /** Whether a wanted address may be what an exception saved, with the base of any code segment in use. */
    private boolean saved(Event.Trap trap, Set<Long> bases) {
        return wanted.test(trap.pc())
                || wanted.test(trap.pc() + ((long) trap.selector() << 4) & MASK32)
                || bases.stream().anyMatch(base -> base != 0 && wanted.test(trap.pc() + base & MASK32));
    }
}
