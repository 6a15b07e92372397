package dev.ringscope.trace.query;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The stretches of a trace in which some addresses can have been accessed, by the index. */
final class Candidates {
    /** In a set of more linear pages there are accesses everywhere; to look each of them up would not pay. */
    private static final long MOST_PAGES = 64;

    /** Physical addresses have fewer bits. */
    private static final long PHYSICAL_END = 1L << 52;

    private static final long PAGE = 4096;

    /** From a position to another, both included. */
    record Stretch(long from, long to) {}

    private final TraceReader trace;
    private final TouchedChunks touched;
    private final List<Touch> wanted = new ArrayList<>();
    /** Some of the addresses lead to no memory, of which the index knows nothing. */
    private final boolean everywhere;

    Candidates(TraceReader trace, Set<Touch.Kind> kinds, Touch.Space space, AddressRanges addresses) {
        this.trace = trace;
        touched = new TouchedChunks(trace);
        boolean outside = false;
        for (AddressRanges.Span span : addresses.spans()) {
            long first = span.first();
            long last = span.last();
            if (space == Touch.Space.PHYSICAL) {
                outside |= !memory(first, last);
                last = Long.compareUnsigned(last, PHYSICAL_END) < 0 ? last : PHYSICAL_END - 1;
                if (Long.compareUnsigned(first, last) > 0) {
                    continue;
                }
            }
            for (Touch.Kind kind : kinds) {
                wanted.add(new Touch(kind, space, first, last - first + 1));
            }
        }
        everywhere = outside;
    }

    /** Whether there are so few linear pages in a set of addresses that each can be looked up. */
    static boolean few(AddressRanges addresses) {
        long pages = 0;
        for (AddressRanges.Span span : addresses.spans()) {
            long more = (span.last() >>> 12) - (span.first() >>> 12) + 1;
            if (more > MOST_PAGES) {
                return false;
            }
            pages += more;
        }
        return pages <= MOST_PAGES;
    }

    /** RAM that no device can hide, or ROM. */
    private boolean memory(long first, long last) {
        long ram = trace.machine().ramBytes();
        long rom = (1L << 32) - trace.machine().romBytes();
        boolean low = Long.compareUnsigned(last, Math.min(ram, 0xa0000)) < 0;
        boolean high = first >= 0x100000 && Long.compareUnsigned(last, ram) < 0;
        return low || high || first >= rom && last >= first && last < 1L << 32;
    }

    boolean mayHold(int chunk) {
        return everywhere || mayHold(touched, chunk, wanted);
    }

    /** The last of a chunk and those before it that can hold one; -1 if none can. */
    int last(int from, Asker asker) {
        int chunk = from;
        while (chunk >= 0 && !mayHold(chunk)) {
            asker.check();
            chunk--;
        }
        return chunk;
    }

    private static boolean mayHold(TouchedChunks touched, int chunk, Collection<Touch> wanted) {
        for (Touch touch : wanted) {
            if (touched.mayHold(chunk, touch)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Those stretches between two positions, ascending, that do not touch. Each begins one instruction early: what
     * happens between two chunks, when a machine runs to its position, belongs to the later one.
     */
    List<Stretch> between(long from, long to) {
        List<Stretch> stretches = new ArrayList<>();
        List<ChunkPlace> chunks = trace.map().chunks();
        for (int i = trace.map().firstChunkReaching(from); i < chunks.size(); i++) {
            ChunkPlace chunk = chunks.get(i);
            if (chunk.firstPosition() > to) {
                break;
            }
            if (mayHold(i)) {
                Stretch before = stretches.isEmpty() ? null : stretches.getLast();
                long begin = Math.max(from, chunk.firstPosition() - 1);
                long end = Math.min(to, chunk.endPosition());
                if (before != null && begin <= before.to) {
                    stretches.set(stretches.size() - 1, new Stretch(before.from, end));
                } else {
                    stretches.add(new Stretch(begin, end));
                }
            }
        }
        return stretches;
    }
}
