package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Compares what a machine does from one checkpoint to another with what was recorded. The digests at the ends of chunks
 * are compared by the {@link Timeline} itself.
 */
final class SpanVerification implements Recorder.OfEvents {
    /** Instructions between two looks at whether anybody still waits for the answer, at most. */
    private static final long STEP = 1 << 20;

    private final Timeline timeline;
    private final TraceReader trace;
    private final TraceMap map;
    private final Spans.Span span;

    private EventDecoder events;
    /** The chunk whose events are compared next, or are being compared. */
    private int chunk;
    /** The chunk whose end the machine is told next. */
    private int awaited;

    private int checkpoint;
    private int compared;

    /** @param timeline stands right behind the span's checkpoint */
    SpanVerification(Timeline timeline, Spans.Span span) {
        this.timeline = timeline;
        this.span = span;
        trace = timeline.trace();
        map = trace.map();
        chunk = span.first() - 1;
        awaited = map.endOfSpan(span.first());
        checkpoint = span.checkpoint() + 1;
    }

    /**
     * @return how many chunks' digests were compared
     * @throws DivergenceException at the first difference
     */
    int verify(Asker asker) {
        timeline.setListener(this);
        long end = map.chunks().get(span.end() - 1).endPosition();
        Pace pace = new Pace(STEP);
        while (timeline.position() < end) {
            asker.check();
            timeline.run(Math.min(end, timeline.position() + pace.begin()));
            pace.end();
        }
        timeline.run(end); // the end of its chunk, if nothing was to be executed
        if (span.end() == trace.chunkCount()) {
            timeline.compareEnd();
            compared += map.chunks().getLast().closing() ? 1 : 0;
            requireNoneBefore(end);
            awaited = trace.chunkCount();
            compareCheckpoints(timeline.machine().state());
        }
        return compared;
    }

    /** What the machine tells behind the span's last chunk is that of the next span. */
    private boolean over() {
        return awaited >= span.end() && span.end() < trace.chunkCount();
    }

    @Override
    public void event(Event replayed) {
        if (over()) {
            return;
        }
        Event recorded = next();
        boolean cutOff = recorded == null && replayed.position() == trace.endPosition();
        if (!cutOff && !same(recorded, replayed)) {
            throw new DivergenceException(
                    trace.file(), replayed.position(), "recorded was %s, now it is %s".formatted(recorded, replayed));
        }
    }

    @Override
    public long chunkEnd(Snapshot snapshot) {
        if (!over()) {
            compared++;
            requireNoneBefore(Long.MAX_VALUE);
            awaited++;
            compareCheckpoints(snapshot);
            awaited = map.endOfSpan(awaited);
        }
        return Long.MAX_VALUE;
    }

    /** All that was recorded up to now, and in front of this position, must have happened again. */
    private void requireNoneBefore(long position) {
        Event recorded = next();
        if (recorded != null && recorded.position() < position) {
            throw new DivergenceException(
                    trace.file(), recorded.position(), "recorded was %s, now it does not happen".formatted(recorded));
        }
    }

    private static boolean same(Event a, Event b) {
        return a instanceof Event.Input x && b instanceof Event.Input y
                ? x.position() == y.position() && x.source().equals(y.source()) && Arrays.equals(x.data(), y.data())
                : b.equals(a);
    }

    /** The next event recorded, none from behind the chunk whose end comes next; null if there is none. */
    private Event next() {
        try {
            Event event = nextOfAll();
            while (event instanceof Event.Input input && !timeline.machine().receives(input.source())) {
                event = nextOfAll(); // an answer to the machine's own question is not told again
            }
            return event;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Event nextOfAll() throws IOException {
        Event event = events == null ? null : events.next();
        while (event == null && chunk < Math.min(awaited, trace.chunkCount() - 1)) {
            events = trace.envelope(++chunk).events();
            event = events.next();
        }
        return event;
    }

    /** The checkpoints that were taken where the machine stands. */
    private void compareCheckpoints(Snapshot snapshot) {
        try {
            while (checkpoint < map.checkpoints().size()
                    && map.firstChunkBehind(map.checkpoints().get(checkpoint)) == awaited) {
                new CheckpointComparison(trace, checkpoint++).compare(snapshot);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
