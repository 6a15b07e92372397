package dev.ringscope.trace.query;

import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import java.util.ArrayList;
import java.util.List;

/** A whole trace in parts that begin with a checkpoint, and can be re-executed each on its own. */
final class Spans {
    /** Instructions: to restore a checkpoint, and to decode the code once more, costs something. */
    private static final long LENGTH = 1 << 25;

    /** Shorter traces are re-executed on all cores, too. */
    private static final int LEAST = 16;

    /**
     * @param checkpoint where it begins
     * @param first number of its first chunk
     * @param end number of the chunk behind its last
     */
    record Span(int checkpoint, int first, int end) {}

    private final TraceReader trace;
    private final TraceMap map;
    private final List<Span> spans = new ArrayList<>();

    private Spans(TraceReader trace, boolean groups) {
        this.trace = trace;
        map = trace.map();
        long least = Math.min(LENGTH, map.endPosition() / LEAST);
        int checkpoint = 0;
        int first = first();
        for (int next = 1; next < map.checkpoints().size(); next++) {
            int behind = map.firstChunkBehind(map.checkpoints().get(next));
            if (behind > first
                    && behind < map.chunks().size()
                    && position(behind) - position(first) >= least
                    && map.checkpoints().get(next).position() == position(behind)
                    && map.chunks().get(behind - 1).ended()
                    && (!groups || map.chunks().get(behind).firstBlock() == 0)) {
                spans.add(new Span(checkpoint, first, behind));
                checkpoint = next;
                first = behind;
            }
        }
        spans.add(new Span(checkpoint, first, map.chunks().size()));
    }

    /** @throws TraceFormatException if there is no checkpoint in front of the first chunk */
    static Spans of(TraceReader trace) {
        return new Spans(trace, false);
    }

    /** Each chunk can be read without those of other spans. */
    static Spans ofGroups(TraceReader trace) {
        return new Spans(trace, true);
    }

    int count() {
        return spans.size();
    }

    Span get(int number) {
        return spans.get(number);
    }

    private int first() {
        if (!map.checkpoints().isEmpty() && map.checkpoints().getFirst().position() == 0) {
            int first = map.firstChunkBehind(map.checkpoints().getFirst());
            if (first < map.chunks().size()) {
                return first;
            }
        }
        throw new TraceFormatException(
                trace.file(), trace.size(), "a checkpoint at position 0 in front of the first chunk, found none");
    }

    private long position(int chunk) {
        return map.chunks().get(chunk).firstPosition();
    }
}
