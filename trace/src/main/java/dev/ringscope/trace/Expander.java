package dev.ringscope.trace;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.proto.trace.v1.Checkpoint;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.proto.trace.v1.Pages;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.HeaderCodec;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.format.TraceOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Makes a trace of more detail out of one of less: re-executes it and stores what that tells. Checkpoints and digests
 * are taken over.
 */
public final class Expander {
    private final TraceReader trace;
    private final Detail detail;
    private ChunkEncoder encoder;
    private TraceOutput out;
    private int chunk;
    private int checkpoint;
    private int firstBlock = -1;
    private long lastAccess;
    private long lastRegister;

    /** Told of progress: the position reached. */
    public interface Progress {
        void reached(long position);
    }

    public Expander(TraceReader trace, Detail detail) {
        this.trace = trace;
        this.detail = detail;
    }

    private final class Feeder implements Recorder {
        private final Progress progress;

        Feeder(Progress progress) {
            this.progress = progress;
        }

        @Override
        public void define(Block block) {
            firstBlock = firstBlock < 0 ? block.id : firstBlock;
            encoder.define(BlockDefinition.of(block));
        }

        @Override
        public void flow(int[] entries, int count) {
            int[] own = new int[count];
            for (int i = 0; i < count; i++) {
                own[i] = entries[i] >= 0 ? entries[i] - firstBlock : entries[i];
            }
            encoder.flow(own, count);
        }

        @Override
        public void event(Event event) {
            encoder.event(event);
        }

        @Override
        public void accesses(AccessLog log) {
            if (log.count > 0) {
                encoder.accesses(log);
                lastAccess = log.base + log.instruction[log.count - 1];
                cutIfFull();
            }
        }

        @Override
        public void registers(RegisterLog log) {
            if (log.count > 0) {
                encoder.registers(log);
                lastRegister = log.base + log.instruction[log.count - 1];
                cutIfFull();
            }
        }

        @Override
        public long chunkEnd(Snapshot snapshot) {
            cut();
            progress.reached(snapshot.position());
            return Long.MAX_VALUE;
        }
    }

    /**
     * Writes the expanded trace.
     *
     * @param overwrite whether a file of that name may be replaced
     * @throws DivergenceException if re-execution does something else than the recording
     */
    public void expand(Path file, boolean overwrite, Progress progress) throws IOException {
        if (trace.chunkCount() == 0) {
            throw new TraceFormatException(trace.file(), trace.size(), "at least one whole chunk, found none");
        }
        boolean zstd = trace.header().getRequiredFeaturesList().contains(HeaderCodec.ZSTD);
        var header = trace.header().toBuilder().setDetail(detail.message()).build();
        try (TraceOutput newOut = new TraceOutput(file, header, overwrite);
                ChunkEncoder newEncoder =
                        new ChunkEncoder(zstd, trace.machine().registers().size())) {
            out = newOut;
            encoder = newEncoder;
            Timeline timeline = new Timeline(trace, detail);
            ChunkEnvelope first = trace.envelope(0);
            encoder.start(first.firstTime(), first.start());
            copyCheckpoints();
            timeline.setListener(new Feeder(progress));
            timeline.restore(0);
            timeline.tellAnswers();
            timeline.run(trace.endPosition());
            timeline.compareEnd();
            if (chunk < trace.chunkCount()) {
                addEnd();
                cut();
            }
            Index ended = trace.index();
            Index.Builder ending = Index.newBuilder().setEndTime(ended.getEndTime());
            if (ended.hasEnd()) {
                ending.setEnd(ended.getEnd());
            }
            if (ended.hasExitStatus()) {
                ending.setExitStatus(ended.getExitStatus());
            }
            out.finish(ending.build());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
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
            write(full);
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
                write(encoder.cut(null));
                chunk++;
                return;
            }
            boolean last = chunk + 1 == trace.chunkCount();
            ChunkEnvelope next = last ? null : trace.envelope(chunk + 1);
            write(encoder.cut(new ChunkEncoder.Boundary(
                    last ? trace.index().getEndTime() : next.firstTime(),
                    last ? recorded.start() : next.start(),
                    recorded.digest(),
                    trace.pages(chunk),
                    recorded.closing())));
            chunk++;
            copyCheckpoints();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyCheckpoints() throws IOException {
        var checkpoints = trace.map().checkpoints();
        while (checkpoint < checkpoints.size() && trace.map().firstChunkBehind(checkpoints.get(checkpoint)) == chunk) {
            for (TraceMap.PagesPlace pages : checkpoints.get(checkpoint).packets()) {
                out.pages(parse(Pages.parser(), pages.offset()));
            }
            out.checkpoint(
                    parse(Checkpoint.parser(), checkpoints.get(checkpoint).offset()));
            checkpoint++;
        }
        if (chunk < trace.chunkCount() && trace.map().chunks().get(chunk).firstBlock() == 0) {
            encoder.startGroup();
        }
    }

    private <T> T parse(com.google.protobuf.Parser<T> parser, long offset) throws IOException {
        byte[] body = trace.body(offset);
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new TraceFormatException(
                    trace.file(), offset, "a checkpoint's packet, found one that is no message: " + e.getMessage());
        }
    }

    private void write(ChunkEncoder.Encoded part) {
        try {
            out.chunk(part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
