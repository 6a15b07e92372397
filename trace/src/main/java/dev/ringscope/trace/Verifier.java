package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.trace.format.EventDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Re-executes a whole trace and compares every event and the state at every chunk's end with the recording. */
public final class Verifier {
    private final TraceReader trace;
    private Timeline timeline;
    private EventDecoder events;
    private int eventChunk = -1;

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
        timeline = new Timeline(trace, Detail.FLOW);
        int[] compared = {0};
        timeline.setListener(new Events() {
            @Override
            public void event(Event event) {
                compare(event);
            }

            @Override
            public long chunkEnd(Snapshot snapshot) {
                compared[0]++;
                progress.reached(snapshot.position());
                return Long.MAX_VALUE;
            }
        });
        timeline.seek(0);
        timeline.run(trace.endPosition());
        timeline.compareEnd();
        boolean closed = trace.map().chunks().getLast().closing();
        return compared[0] + (closed ? 1 : 0);
    }

    /** A recorder that looks at events only. */
    private abstract static class Events implements Recorder {
        @Override
        public void define(dev.ringscope.emulator.insn.Block block) {}

        @Override
        public void flow(int[] entries, int count) {}

        @Override
        public void accesses(dev.ringscope.emulator.AccessLog log) {}

        @Override
        public void registers(dev.ringscope.emulator.RegisterLog log) {}
    }

    private void compare(Event replayed) {
        Event recorded = next();
        while (recorded instanceof Event.Input input && !timeline.machine().receives(input.source())) {
            recorded = next(); // an answer to the machine's own question is not told again
        }
        boolean cutOff = recorded == null && replayed.position() == trace.endPosition();
        if (!cutOff && !same(recorded, replayed)) {
            throw new DivergenceException(
                    trace.file(), replayed.position(), "recorded was %s, now it is %s".formatted(recorded, replayed));
        }
    }

    private static boolean same(Event a, Event b) {
        return a instanceof Event.Input x && b instanceof Event.Input y
                ? x.position() == y.position() && x.source().equals(y.source()) && Arrays.equals(x.data(), y.data())
                : b.equals(a);
    }

    private Event next() {
        try {
            Event event = events == null ? null : events.next();
            while (event == null && eventChunk + 1 < trace.chunkCount()) {
                events = trace.envelope(++eventChunk).events();
                event = events.next();
            }
            return event;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
