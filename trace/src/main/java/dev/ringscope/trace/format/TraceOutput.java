package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.Checkpoint;
import dev.ringscope.proto.trace.v1.Header;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.proto.trace.v1.Pages;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Writes a trace's packets in order and keeps the index. Whatever is not closed by {@link #finish} is a recording that
 * was cut off, which readers can use.
 */
public final class TraceOutput implements Closeable {
    /** The bytes "RSTRAIL1". */
    static final long TRAILER_MAGIC = 0x314c_4941_5254_5352L;

    static final int TRAILER_FIELDS = 4;
    /** Bytes of the trailer's packet with its framing. */
    static final int TRAILER_BYTES = 45;

    private final PacketOutput out;
    private final Compressor compressor;
    private final IndexBuilder index;

    /**
     * @param overwrite whether a file of that name may be replaced
     * @throws java.nio.file.FileAlreadyExistsException if there is one and it may not
     */
    public TraceOutput(Path file, Header header, boolean overwrite) throws IOException {
        out = new PacketOutput(file, overwrite);
        compressor = new Compressor(header.getRequiredFeaturesList().contains(HeaderCodec.ZSTD));
        index = new IndexBuilder(compressor);
        out.write(PacketKind.HEADER, header);
    }

    /** Bytes written so far. */
    public long bytes() {
        return out.offset();
    }

    public void chunk(ChunkEncoder.Encoded chunk) throws IOException {
        index.chunk(out.offset(), chunk.chunk(), chunk.summary());
        out.write(PacketKind.CHUNK, chunk.chunk());
        if (index.partFull()) {
            writePart();
        }
    }

    /** Copies a chunk of another trace, which must be the next one of this. */
    public void copy(TraceMap.ChunkPlace chunk, byte[] body) throws IOException {
        index.chunk(out.offset(), chunk);
        out.write(PacketKind.CHUNK, body);
        if (index.partFull()) {
            writePart();
        }
    }

    /** Copies pages of another trace. */
    public void copy(TraceMap.PagesPlace pages, byte[] body) throws IOException {
        index.pages(out.offset(), pages.pages());
        out.write(PacketKind.PAGES, body);
    }

    /** Copies a checkpoint of another trace, behind its pages. */
    public void copy(TraceMap.CheckpointPlace checkpoint, byte[] body) throws IOException {
        index.checkpoint(out.offset(), checkpoint);
        out.write(PacketKind.CHECKPOINT, body);
    }

    /** Copies a packet of a sort that this version does not know, framed. */
    void copy(byte[] packet) throws IOException {
        out.write(packet);
    }

    /** What can be read from the file at this moment. */
    public IndexBuilder.Written written() {
        return index.written();
    }

    public void pages(Pages pages) throws IOException {
        index.pages(out.offset(), numbers(pages));
        out.write(PacketKind.PAGES, pages);
    }

    public void checkpoint(Checkpoint checkpoint) throws IOException {
        index.checkpoint(out.offset(), checkpoint);
        out.write(PacketKind.CHECKPOINT, checkpoint);
    }

    /** Writes index and trailer; the recording is then whole. */
    public void finish(Index ending) throws IOException {
        if (!index.partEmpty()) {
            writePart();
        }
        long at = out.offset();
        out.write(PacketKind.INDEX, index.root().mergeFrom(ending).build());
        WireOutput trailer = new WireOutput(64);
        long[] fields = {TRAILER_MAGIC, at, index.endPosition(), index.chunkCount()};
        for (int i = 0; i < TRAILER_FIELDS; i++) {
            trailer.put(i + 1 << 3 | 1);
            trailer.fixed64(fields[i]);
        }
        out.write(PacketKind.TRAILER, Arrays.copyOf(trailer.array(), trailer.size()));
        close();
    }

    @Override
    public void close() throws IOException {
        compressor.close();
        out.close();
    }

    private void writePart() throws IOException {
        out.write(PacketKind.CHUNK_INDEX, index.takePart(out.offset()));
    }

    private static long[] numbers(Pages pages) {
        return LongStream.concat(
                        pages.getGroupsList().stream()
                                .flatMapToLong(group -> Arrays.stream(SortedDeltas.sums(group.getPagesList()))),
                        Arrays.stream(SortedDeltas.sums(pages.getZeroPagesList())))
                .sorted()
                .toArray();
    }
}
