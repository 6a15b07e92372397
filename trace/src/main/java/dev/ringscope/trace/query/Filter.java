package dev.ringscope.trace.query;

import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.trace.TraceReader;
import java.util.Optional;
import java.util.Set;

/**
 * Which answers are wanted; each part leaves out what it does not name, and an empty one leaves out nothing.
 *
 * @param rings privilege levels that the processor was in
 * @param roots translation roots in effect, like CR3: their low 12 bits do not count
 * @param vectors of exceptions and interrupts, for questions that know them
 * @param code linear addresses of instructions
 * @param addresses what the question is about: data accessed, linear addresses that a page-table entry translates
 */
public record Filter(
        Range range,
        Set<Integer> rings,
        Set<Long> roots,
        Set<Integer> vectors,
        Optional<AddressRanges> code,
        Optional<AddressRanges> addresses) {
    private static final long ROOT = ~0xfffL;

    public static final Filter ALL = of(Range.ALL);

    public Filter {
        rings = Set.copyOf(rings);
        roots = Set.copyOf(roots.stream().map(root -> root & ROOT).toList());
        vectors = Set.copyOf(vectors);
    }

    public static Filter of(Range range) {
        return new Filter(range, Set.of(), Set.of(), Set.of(), Optional.empty(), Optional.empty());
    }

    public Filter withRange(Range other) {
        return new Filter(other, rings, roots, vectors, code, addresses);
    }

    public Filter withRings(Set<Integer> other) {
        return new Filter(range, other, roots, vectors, code, addresses);
    }

    public Filter withRoots(Set<Long> other) {
        return new Filter(range, rings, other, vectors, code, addresses);
    }

    public Filter withVectors(Set<Integer> other) {
        return new Filter(range, rings, roots, other, code, addresses);
    }

    public Filter withCode(AddressRanges other) {
        return new Filter(range, rings, roots, vectors, Optional.of(other), addresses);
    }

    public Filter withAddresses(AddressRanges other) {
        return new Filter(range, rings, roots, vectors, code, Optional.of(other));
    }

    /** Whether an answer depends on what the processor was doing, not only on its position. */
    boolean byContext() {
        return !rings.isEmpty() || !roots.isEmpty() || code.isPresent();
    }

    boolean ring(int ring) {
        return rings.isEmpty() || rings.contains(ring);
    }

    boolean root(long root) {
        return roots.isEmpty() || roots.contains(root & ROOT);
    }

    boolean vector(int vector) {
        return vectors.isEmpty() || vectors.contains(vector);
    }

    boolean code(long address) {
        return code.isEmpty() || code.get().contains(address);
    }

    boolean addresses(long address, long size) {
        return addresses.isEmpty() || addresses.get().overlaps(address, size);
    }

    /** Whether a chunk can hold an answer, by what the index says of its bundle, and of itself. */
    boolean mayHold(TraceReader trace, int chunk) {
        if (rings.isEmpty() && roots.isEmpty()) {
            return true;
        }
        int bundle = trace.map().bundleOf(chunk);
        return (bundle < 0 || bundleMayHold(trace.bundleSummary(bundle))) && mayHold(trace.summary(chunk));
    }

    private boolean bundleMayHold(ChunkSummary bundle) {
        return bundle.getTranslationRootsCount() == 0 ? mayHoldRing(bundle) : mayHold(bundle);
    }

    /**
     * Whether chunks of that summary can hold an answer. Only what the whole chunk was in counts: something may happen
     * in a ring in which no instruction of the chunk retired.
     */
    boolean mayHold(ChunkSummary summary) {
        return mayHoldRing(summary)
                && (roots.isEmpty()
                        || summary.getTranslationRootsList().stream().anyMatch(this::root));
    }

    private boolean mayHoldRing(ChunkSummary summary) {
        if (rings.isEmpty() || summary.getEventCounts().getRingChanges() > 0) {
            return true;
        }
        boolean any = false;
        for (int ring = 0; ring < summary.getRingInstructionsCount(); ring++) {
            any |= summary.getRingInstructions(ring) > 0;
            if (summary.getRingInstructions(ring) > 0 && rings.contains(ring)) {
                return true;
            }
        }
        return !any;
    }
}
