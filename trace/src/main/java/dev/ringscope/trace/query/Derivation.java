package dev.ringscope.trace.query;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Answers a question about what the trace does not store, by re-executing it. */
abstract class Derivation<T> implements Recorder {
    private static final long STEP = 1 << 16;

    private final TraceReader trace;
    private final Detail detail;
    private final long from;
    private final Answers<T> answers;
    private boolean more = true;

    /** @param detail what re-execution is to tell */
    Derivation(TraceReader trace, Detail detail, long from, Answers<T> answers) {
        this.trace = trace;
        this.detail = detail;
        this.from = from;
        this.answers = answers;
    }

    final void run() throws IOException {
        if (from > trace.endPosition() || trace.chunkCount() == 0) {
            return;
        }
        Timeline timeline = new Timeline(trace, detail);
        // What happened at a checkpoint's position before it was taken is not told behind it: start in front of it.
        timeline.restore(Math.max(0, trace.map().checkpointAt(Math.max(0, from - 1))));
        timeline.setListener(this);
        long position = timeline.position();
        while (more && position < trace.endPosition()) {
            position = Math.min(trace.endPosition(), position < from ? from : position + STEP);
            timeline.run(position);
        }
    }

    final void answer(long position, T answer) {
        try {
            more = more && (position < from || answers.take(answer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void define(Block block) {}

    @Override
    public void flow(int[] entries, int count) {}

    @Override
    public void event(Event event) {}

    @Override
    public void accesses(AccessLog log) {}

    @Override
    public void registers(RegisterLog log) {}

    @Override
    public long chunkEnd(Snapshot snapshot) {
        return Long.MAX_VALUE;
    }
}
