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
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Encodes what a machine does from one checkpoint to another, at which a group of chunks begins. */
final class SpanExpansion implements Recorder {
    private final Timeline timeline;
    private final TraceReader trace;
    private final TraceMap map;
    private final Detail detail;
    private final Spans.Span span;
    private final ChunkEncoder encoder;
    private final Answers<Expander.Part> out;
    /** The recorded chunk that is being re-executed. */
    private int chunk;

    private int checkpoint;
    private int firstBlock = -1;
    private long lastAccess;
    private long lastRegister;

    /** @param timeline stands right behind the span's checkpoint */
    SpanExpansion(Timeline timeline, Detail detail, Spans.Span span, ChunkEncoder encoder, Answers<Expander.Part> out) {
        this.timeline = timeline;
        this.detail = detail;
        this.span = span;
        this.encoder = encoder;
        this.out = out;
        trace = timeline.trace();
        map = trace.map();
        chunk = span.first();
        checkpoint = span.checkpoint();
        lastAccess = timeline.position();
        lastRegister = timeline.position();
    }

    void expand() throws IOException {
        ChunkEnvelope first = trace.envelope(chunk);
        encoder.resume(0, timeline.position(), first.firstTime(), first.start());
        copyCheckpoints();
        timeline.setListener(this);
        timeline.tellAll();
        // in one go: a stop in the middle of a block would be seen in the flow
        timeline.run(map.chunks().get(span.end() - 1).endPosition());
        if (span.end() == trace.chunkCount()) {
            timeline.compareEnd();
            if (chunk < trace.chunkCount()) {
                addEnd();
                cut();
            }
        }
    }

    /** What the machine tells behind the span's last chunk is that of the next span. */
    private boolean over() {
        return chunk >= span.end() && span.end() < trace.chunkCount();
    }

    @Override
    public void define(Block block) {
        firstBlock = firstBlock < 0 ? block.id : firstBlock;
        encoder.define(BlockDefinition.of(block));
    }

    @Override
    public void flow(int[] entries, int count) {
        out.check();
        int[] own = new int[count];
        for (int i = 0; i < count; i++) {
            own[i] = entries[i] >= 0 ? entries[i] - firstBlock : entries[i];
        }
        encoder.flow(own, count);
    }

    @Override
    public void event(Event event) {
        if (!over()) {
            encoder.event(event);
        }
    }

    @Override
    public void accesses(AccessLog log) {
        throw new IllegalStateException("a log of accesses that may not be kept");
    }

    @Override
    public AccessLog exchange(AccessLog log) {
        if (log.count == 0 || over()) {
            return log;
        }
        lastAccess = log.base + log.instruction[log.count - 1];
        AccessLog other = encoder.accesses(log);
        cutIfFull();
        return other;
    }

    @Override
    public void registers(RegisterLog log) {
        if (log.count > 0 && !over()) {
            encoder.registers(log);
            lastRegister = log.base + log.instruction[log.count - 1];
            cutIfFull();
        }
    }

    @Override
    public long chunkEnd(Snapshot snapshot) {
        if (!over()) {
            cut();
        }
        return Long.MAX_VALUE;
    }

    /** Who ended the recording told why; re-execution cannot know. */
    private void addEnd() throws IOException {
        EventDecoder events = trace.envelope(trace.chunkCount() - 1).events();
        for (Event event = events.next(); event != null; event = events.next()) {
            if (event instanceof Event.End) {
                encoder.event(event);
            }
        }
    }

    private void cutIfFull() {
        long known = detail == Detail.FULL ? Math.min(lastAccess, lastRegister) : lastAccess;
        for (var full = encoder.cutIfFull(known); full != null; full = encoder.cutIfFull(known)) {
            write(new Expander.NewChunk(full));
        }
    }

    /** The machine stands where a recorded chunk ended; what the recorder knew there still holds. */
    private void cut() {
        while (chunk < trace.chunkCount() - 1 && trace.summary(chunk).getPagesUnknown()) {
            chunk++;
        }
        try {
            ChunkEnvelope recorded = trace.envelope(chunk);
            if (recorded.digest() == null) { // a recording that was killed in the middle of a chunk
                write(new Expander.NewChunk(encoder.cut(null)));
                chunk++;
                return;
            }
            boolean last = chunk + 1 == trace.chunkCount();
            ChunkEnvelope next = last ? null : trace.envelope(chunk + 1);
            write(new Expander.NewChunk(encoder.cut(new ChunkEncoder.Boundary(
                    last ? trace.index().getEndTime() : next.firstTime(),
                    last ? recorded.start() : next.start(),
                    recorded.digest(),
                    trace.pages(chunk),
                    recorded.closing()))));
            chunk++;
            if (!over()) {
                copyCheckpoints();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyCheckpoints() {
        var checkpoints = map.checkpoints();
        while (checkpoint < checkpoints.size() && map.firstChunkBehind(checkpoints.get(checkpoint)) == chunk) {
            write(new Expander.Copy(checkpoint++));
        }
        if (chunk < trace.chunkCount() && map.chunks().get(chunk).firstBlock() == 0) {
            encoder.startGroup();
        }
    }

    private void write(Expander.Part part) {
        try {
            out.take(part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
