package dev.ringscope.trace.query;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Re-executes a whole trace, spans of it on all cores, and compares every event, the state at every chunk's end and
 * every checkpoint with the recording. A span begins with what a checkpoint holds, and the one before it is compared
 * with that at its end: so all of them together are what one machine does from the beginning to the end.
 */
public final class Verifier {
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
        Spans spans = Spans.of(trace);
        int[] compared = {0};
        Replays replays = new Replays(trace);
        try {
            InOrder.<Done>search(
                    spans.count(),
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

    private Done verify(Replays replays, Spans.Span span, Asker asker) throws IOException {
        return replays.behind(Detail.FLOW, span.checkpoint(), asker, timeline -> {
            int chunks = new SpanVerification(timeline, span).verify(asker);
            return new Done(chunks, timeline.position());
        });
    }
}
