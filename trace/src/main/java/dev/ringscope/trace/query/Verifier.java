package dev.ringscope.trace.query;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.Expander;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Re-executes a whole trace, spans of it on all cores, and compares every event, the state at every chunk's end and
 * every checkpoint with the recording. A span begins with what a checkpoint holds, and the one before it is compared
 * with that at its end: so all of them together are what one machine does from the beginning to the end.
 */
public final class Verifier {
    /** Instructions: to restore a checkpoint, and to decode the code once more, costs something. */
    private static final long SPAN = 1 << 25;

    /** Shorter traces are verified on all cores, too. */
    private static final int LEAST_SPANS = 16;

    /**
     * @param checkpoint where it begins
     * @param first number of its first chunk
     * @param end number of the chunk behind its last
     */
    record Span(int checkpoint, int first, int end) {}

    private record Done(int chunks, long position) {}

    private final TraceReader trace;

    public Verifier(TraceReader trace) {
        this.trace = trace;
    }

    /**
     * @return how many chunks' digests were compared
     * @throws DivergenceException at the first difference
     */
    public int verify(Expander.Progress progress) throws IOException {
        if (trace.chunkCount() == 0) {
            return 0;
        }
        List<Span> spans = spans();
        int[] compared = {0};
        Replays replays = new Replays(trace);
        try {
            InOrder.<Done>search(
                    spans.size(),
                    (n, found) -> found.take(verify(replays, spans.get(n), found)),
                    replays.most(),
                    done -> {
                        compared[0] += done.chunks;
                        progress.reached(done.position);
                        return true;
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            replays.close();
        }
        return compared[0];
    }

    private Done verify(Replays replays, Span span, Asker asker) throws IOException {
        return replays.behind(Detail.FLOW, span.checkpoint, asker, timeline -> {
            int chunks = new SpanVerification(timeline, span).verify(asker);
            return new Done(chunks, timeline.position());
        });
    }

    private List<Span> spans() {
        TraceMap map = trace.map();
        long least = Math.min(SPAN, map.endPosition() / LEAST_SPANS);
        List<Span> spans = new ArrayList<>();
        int checkpoint = map.checkpointAt(0);
        if (checkpoint < 0) {
            throw new TraceFormatException(
                    trace.file(), trace.size(), "a checkpoint at or before position 0, found none");
        }
        int first = map.firstChunkBehind(map.checkpoints().get(checkpoint));
        for (int next = checkpoint + 1; next < map.checkpoints().size(); next++) {
            int behind = map.firstChunkBehind(map.checkpoints().get(next));
            boolean known = behind > first
                    && behind < map.chunks().size()
                    && map.chunks().get(behind - 1).ended();
            if (known
                    && map.chunks().get(behind).firstPosition()
                                    - map.chunks().get(first).firstPosition()
                            >= least) {
                spans.add(new Span(checkpoint, first, behind));
                checkpoint = next;
                first = behind;
            }
        }
        spans.add(new Span(checkpoint, first, map.chunks().size()));
        return spans;
    }
}
