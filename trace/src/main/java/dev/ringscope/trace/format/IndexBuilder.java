package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.Checkpoint;
import dev.ringscope.proto.trace.v1.CheckpointEntry;
import dev.ringscope.proto.trace.v1.Chunk;
import dev.ringscope.proto.trace.v1.ChunkEntry;
import dev.ringscope.proto.trace.v1.ChunkIndex;
import dev.ringscope.proto.trace.v1.ChunkIndexEntries;
import dev.ringscope.proto.trace.v1.ChunkIndexReference;
import dev.ringscope.proto.trace.v1.ChunkIndexSection;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.proto.trace.v1.PagesEntry;
import java.util.ArrayList;
import java.util.List;

/** Keeps track of what has been written where, and makes the index packets of it. */
public final class IndexBuilder {
    /** Chunks in a part of the index. */
    static final int PART = 1024;
    /** A part is not to come near the format's limit, however many pages the chunks touch. */
    private static final int PART_BYTES = 1 << 24;

    private final Compressor compressor;
    private final Index.Builder root = Index.newBuilder();
    private final SummaryTotals totals = new SummaryTotals();
    private final List<PagesEntry> pages = new ArrayList<>();
    private ChunkIndexEntries.Builder part = ChunkIndexEntries.newBuilder();
    /** Of the chunks of {@link #part} behind its last bundle. */
    private ChunkBundle bundle = new ChunkBundle();

    private long chunks;
    private long checkpoints;
    private long endPosition;
    /** Of the summaries in {@link #part}. */
    private long partBytes;

    IndexBuilder(Compressor compressor) {
        this.compressor = compressor;
    }

    void chunk(long offset, Chunk chunk, ChunkSummary summary) {
        part.addChunks(ChunkEntry.newBuilder()
                .setOffset(offset)
                .setFirstPosition(chunk.getFirstPosition())
                .setInstructionCount(chunk.getInstructionCount())
                .setFirstBlock(chunk.getFirstBlock())
                .setSummary(summary)
                .setClosing(chunk.getClosing()));
        partBytes += summary.getSerializedSize();
        bundle.add(summary);
        if (bundle.whole()) {
            ChunkSummary together = bundle.build();
            part.addBundles(together);
            partBytes += together.getSerializedSize();
            bundle = new ChunkBundle();
        }
        totals.add(summary);
        endPosition = chunk.getFirstPosition() + chunk.getInstructionCount();
    }

    /** A chunk of another file. */
    void chunk(long offset, TraceMap.ChunkPlace chunk) {
        chunk(
                offset,
                Chunk.newBuilder()
                        .setFirstPosition(chunk.firstPosition())
                        .setInstructionCount(chunk.instructions())
                        .setFirstBlock(chunk.firstBlock())
                        .setClosing(chunk.closing())
                        .build(),
                chunk.summary());
    }

    void pages(long offset, long[] numbers) {
        pages.add(PagesEntry.newBuilder()
                .setOffset(offset)
                .addAllPages(SortedDeltas.encode(numbers))
                .build());
    }

    void checkpoint(long offset, Checkpoint checkpoint) {
        part.addCheckpoints(CheckpointEntry.newBuilder()
                .setPosition(checkpoint.getPosition())
                .setFull(checkpoint.getFull())
                .setOffset(offset)
                .addAllPackets(pages));
        pages.clear();
    }

    /**
     * What has been written so far.
     *
     * @param root the parts that are in the file, and totals
     * @param chunks in those parts
     * @param checkpoints in those parts
     * @param rest the entries behind them
     */
    public record Written(Index root, int chunks, int checkpoints, ChunkIndexEntries rest) {}

    Written written() {
        return new Written(root().build(), (int) chunks, (int) checkpoints, part.build());
    }

    /** A checkpoint of another file, whose pages have been told. */
    void checkpoint(long offset, TraceMap.CheckpointPlace checkpoint) {
        checkpoint(
                offset,
                Checkpoint.newBuilder()
                        .setPosition(checkpoint.position())
                        .setFull(checkpoint.full())
                        .build());
    }

    long chunkCount() {
        return chunks + part.getChunksCount();
    }

    long endPosition() {
        return endPosition;
    }

    boolean partFull() {
        return part.getChunksCount() >= PART || partBytes > PART_BYTES;
    }

    boolean partEmpty() {
        return part.getChunksCount() == 0 && part.getCheckpointsCount() == 0;
    }

    /** @param offset where the packet will lie */
    ChunkIndex takePart(long offset) {
        ChunkIndexEntries entries = part.build();
        byte[] bytes = entries.toByteArray();
        ChunkIndexSection.Builder section = ChunkIndexSection.newBuilder().setUncompressedSize(bytes.length);
        ChunkIndex index = ChunkIndex.newBuilder()
                .setFirstChunk(chunks)
                .setChunkCount(entries.getChunksCount())
                .setFirstCheckpoint(checkpoints)
                .setCheckpointCount(entries.getCheckpointsCount())
                .setEntries(
                        compressor.enabled()
                                ? section.setZstd(compressor.compress(bytes, 0, bytes.length))
                                : section.setPlain(entries))
                .build();
        long first = entries.getChunksCount() > 0 ? entries.getChunks(0).getFirstPosition() : endPosition;
        root.addParts(ChunkIndexReference.newBuilder()
                .setOffset(offset)
                .setFirstChunk(chunks)
                .setFirstPosition(first));
        chunks += entries.getChunksCount();
        checkpoints += entries.getCheckpointsCount();
        part = ChunkIndexEntries.newBuilder();
        bundle = new ChunkBundle();
        partBytes = 0;
        return index;
    }

    /** The root, to which the caller adds how the run ended. */
    Index.Builder root() {
        return root.setTotals(totals.build()).setEndPosition(endPosition);
    }
}
