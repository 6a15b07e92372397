package dev.ringscope.trace.query;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.ringscope.proto.trace.v1.Checkpoint;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.proto.trace.v1.Pages;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.format.HeaderCodec;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.format.TraceOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Makes a trace of more detail out of one of less: re-executes it, spans of it on all cores, and stores what that
 * tells. Checkpoints and digests are taken over. What is written does not depend on how many cores there are.
 */
public final class Expander {
    /** Told of progress: the position reached. */
    public interface Progress {
        void reached(long position);
    }

    /** What goes into the file next. */
    sealed interface Part extends Bulk {}

    /** A chunk, but for its number. */
    record NewChunk(ChunkEncoder.Encoded encoded) implements Part {
        @Override
        public long bytes() {
            return encoded.chunk().getSerializedSize();
        }
    }

    /** A checkpoint of the trace. */
    record Copy(int checkpoint) implements Part {
        @Override
        public long bytes() {
            return 0;
        }
    }

    private final TraceReader trace;
    private final Detail detail;
    private TraceOutput out;
    private long chunks;

    public Expander(TraceReader trace, Detail detail) {
        this.trace = trace;
        this.detail = detail;
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
        Spans spans = Spans.ofGroups(trace);
        var header = trace.header().toBuilder().setDetail(detail.message()).build();
        Replays replays = new Replays(trace);
        try (TraceOutput newOut = new TraceOutput(file, header, overwrite)) {
            out = newOut;
            InOrder.<Part>search(
                    spans.count(),
                    (n, found) -> expand(replays, spans.get(n), found),
                    replays.most(),
                    part -> write(part, progress));
            finish();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            replays.close();
        }
    }

    private void expand(Replays replays, Spans.Span span, Answers<Part> found) throws IOException {
        boolean zstd = trace.header().getRequiredFeaturesList().contains(HeaderCodec.ZSTD);
        try (ChunkEncoder encoder =
                new ChunkEncoder(zstd, trace.machine().registers().size())) {
            replays.behind(detail, span.checkpoint(), found, timeline -> {
                new SpanExpansion(timeline, detail, span, encoder, found).expand();
                return timeline.position();
            });
        }
    }

    private boolean write(Part part, Progress progress) throws IOException {
        switch (part) {
            case Copy copy -> copy(trace.map().checkpoints().get(copy.checkpoint));
            case NewChunk made -> {
                var chunk = made.encoded.chunk().toBuilder().setNumber(chunks++).build();
                out.chunk(new ChunkEncoder.Encoded(chunk, made.encoded.summary()));
                progress.reached(chunk.getFirstPosition() + chunk.getInstructionCount());
            }
        }
        return true;
    }

    private void finish() throws IOException {
        Index ended = trace.index();
        Index.Builder ending = Index.newBuilder().setEndTime(ended.getEndTime());
        if (ended.hasEnd()) {
            ending.setEnd(ended.getEnd());
        }
        if (ended.hasExitStatus()) {
            ending.setExitStatus(ended.getExitStatus());
        }
        out.finish(ending.build());
    }

    private void copy(TraceMap.CheckpointPlace checkpoint) throws IOException {
        for (TraceMap.PagesPlace pages : checkpoint.packets()) {
            out.pages(parse(Pages.parser(), pages.offset()));
        }
        out.checkpoint(parse(Checkpoint.parser(), checkpoint.offset()));
    }

    private <T> T parse(Parser<T> parser, long offset) throws IOException {
        byte[] body = trace.body(offset);
        try {
            return parser.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new TraceFormatException(
                    trace.file(), offset, "a checkpoint's packet, found one that is no message: " + e.getMessage());
        }
    }
}
