package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.CodeKind;
import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.BlockGroup;
import dev.ringscope.trace.format.DecodedChunk;
import dev.ringscope.trace.format.EventDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where instructions at given linear addresses were executed, latest first, from the flow alone. An instruction that
 * raises an exception does not retire, so that the flow does not hold it: it is found by what the exception saved. One
 * thread.
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
    private final TouchedChunks touched;
    private final Set<Long> addresses;
    private final List<Touch> wanted;

    /** @param addresses linear, of first bytes of instructions */
    public FlowSearch(TraceReader trace, Set<Long> addresses) {
        this.trace = trace;
        walker = trace.chunks();
        touched = new TouchedChunks(trace);
        this.addresses = Set.copyOf(addresses);
        wanted = addresses.stream()
                .map(address -> new Touch(Touch.Kind.EXECUTE, Touch.Space.LINEAR, address, 1))
                .toList();
    }

    /** The last execution in front of a position. */
    public Optional<Hit> last(long limit) throws IOException {
        int from = Math.min(trace.map().firstChunkReaching(limit), trace.chunkCount() - 1);
        for (int chunk = touched.last(from, wanted); chunk >= 0; chunk = touched.last(chunk - 1, wanted)) {
            List<Hit> hits = in(chunk, limit);
            if (!hits.isEmpty()) {
                return Optional.of(hits.getFirst());
            }
        }
        return Optional.empty();
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
        long[] places = new long[group.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = places(group.get(i));
        }
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

    /** Which of a block's instructions lie at wanted addresses: bit n for the n-th of at most 64. */
    private long places(BlockDefinition block) {
        long places = 0;
        long address = block.linear();
        for (int n = 0; n < block.instructions(); n++) {
            if (addresses.contains(block.kind() == CodeKind.CODE_KIND_X86_64 ? address : address & MASK32)) {
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
        return addresses.contains(trap.pc())
                || addresses.contains(trap.pc() + ((long) trap.selector() << 4) & MASK32)
                || bases.stream().anyMatch(base -> base != 0 && addresses.contains(trap.pc() + base & MASK32));
    }
}
