package dev.ringscope.trace;

import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.proto.trace.v1.Header;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.trace.format.CheckpointReader;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.ChunkPages;
import dev.ringscope.trace.format.ChunkTouches;
import dev.ringscope.trace.format.HeaderCodec;
import dev.ringscope.trace.format.IndexBuilder;
import dev.ringscope.trace.format.IndexReader;
import dev.ringscope.trace.format.PacketInput;
import dev.ringscope.trace.format.PacketInput.Packet;
import dev.ringscope.trace.format.PacketKind;
import dev.ringscope.trace.format.PageGroups;
import dev.ringscope.trace.format.Place;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A trace file, open for reading. Safe for several threads, but for that of a recording that goes on; what its methods
 * return belongs to one thread each. All reading methods throw {@link TraceFormatException} where the file violates the
 * format, and IOException where it cannot be read.
 */
public final class TraceReader implements Closeable {
    private final PacketInput in;
    private final Header header;
    private final MachineDescription machine;
    private TraceMap map;
    private long size;
    /** Of {@link #map}; null until somebody restores a checkpoint. */
    private Memory memory;

    private TraceReader(PacketInput in, boolean growing) throws IOException {
        this.in = in;
        if (in.size() == 0) {
            throw in.place(0).expected("a trace, found an empty file");
        }
        Packet first = in.read(0);
        header = HeaderCodec.read(in.file(), first);
        machine = HeaderCodec.description(header);
        map = growing ? IndexReader.none() : IndexReader.read(in, first.end());
        size = in.size();
    }

    /**
     * Opens a trace. One that was not closed, or whose index is damaged, is opened as far as it is whole: see
     * {@link #damage}.
     *
     * @throws TraceFormatException if it is no trace, or one that this version cannot read
     */
    public static TraceReader open(Path file) throws IOException {
        return open(file, false);
    }

    /** Opens the file of a recording that goes on: nothing is known of it but the header until {@link #grow}. */
    static TraceReader growing(Path file) throws IOException {
        return open(file, true);
    }

    private static TraceReader open(Path file, boolean growing) throws IOException {
        PacketInput in = new PacketInput(file);
        try {
            return new TraceReader(in, growing);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /** Takes over what the recorder has written since the last call; the lists of {@link #map} become longer. */
    void grow(IndexBuilder.Written written) throws IOException {
        map = IndexReader.extend(in, map, written);
        forgetMemory();
        size = in.size();
    }

    /** The file's name as it was given. */
    public String file() {
        return in.file();
    }

    /** Bytes of the file when it was opened, or grew. */
    public long size() {
        return size;
    }

    public Header header() {
        return header;
    }

    /** The machine that ran. */
    public MachineDescription machine() {
        return machine;
    }

    public Detail detail() {
        return Detail.of(header.getDetail());
    }

    /** What is missing or wrong, in one sentence; "" if the recording was closed properly. */
    public String damage() {
        return map.damage();
    }

    /**
     * What is to be said of a recording that its recorder did not close and whose index was made afterwards, in one
     * sentence; "" for others. See {@link #damage} for files that have no index.
     */
    public String cutShort() {
        return index().getCutShort()
                ? "%s: the recording was cut short: its recorder did not close it. It ends at position %d"
                        .formatted(file(), endPosition())
                : "";
    }

    /** Totals, and how the run ended. */
    public Index index() {
        return map.root();
    }

    /** Instructions retired at the end of the trace. */
    public long endPosition() {
        return map.endPosition();
    }

    /** Where chunks and checkpoints lie. */
    public TraceMap map() {
        return map;
    }

    /** Where the pages of each checkpoint's memory are stored. */
    synchronized Memory memory() {
        if (memory == null) {
            memory = new Memory(map.checkpoints());
        }
        return memory;
    }

    private synchronized void forgetMemory() {
        memory = null;
    }

    public int chunkCount() {
        return map.chunks().size();
    }

    public ChunkSummary summary(int chunk) {
        return map.chunks().get(chunk).summary();
    }

    /** What the index knows of the chunks of a bundle together: see {@link TraceMap#bundleOf}. */
    public ChunkSummary bundleSummary(int bundle) {
        return map.bundles().get(bundle).summary();
    }

    /** What the chunks of a bundle can have accessed. */
    public ChunkTouches bundleTouches(int bundle) {
        int first = map.bundles().get(bundle).first();
        return new ChunkTouches(
                new Place(in.file(), map.chunks().get(first).offset(), "summary of chunks from here"),
                bundleSummary(bundle));
    }

    /** How many events a chunk holds: the same as in its summary, of which nothing else is looked at. */
    public EventCounts events(int chunk) {
        return map.chunks().get(chunk).events();
    }

    /** The lists of pages in a chunk's summary; empty ones where they are unknown. */
    public ChunkPages pages(int chunk) {
        return ChunkPages.of(summaryPlace(chunk), summary(chunk));
    }

    /** What a chunk can have accessed, as its own summary knows it. */
    public ChunkTouches touches(int chunk) {
        return new ChunkTouches(summaryPlace(chunk), summary(chunk));
    }

    private Place summaryPlace(int chunk) {
        return new Place(in.file(), map.chunks().get(chunk).offset(), "summary of a chunk");
    }

    /** Reads a chunk's packet; its sections stay closed. */
    public ChunkEnvelope envelope(int chunk) throws IOException {
        ChunkPlace place = map.chunks().get(chunk);
        ChunkEnvelope envelope = new ChunkEnvelope(packet(place.offset(), PacketKind.CHUNK));
        boolean same = envelope.number() == chunk
                && envelope.firstPosition() == place.firstPosition()
                && envelope.instructions() == place.instructions()
                && envelope.firstBlock() == place.firstBlock();
        if (!same) {
            throw in.place(place.offset())
                    .expected("chunk %d with %d instructions from %d, as the index says, found chunk %d with %d from %d"
                            .formatted(
                                    chunk,
                                    place.instructions(),
                                    place.firstPosition(),
                                    envelope.number(),
                                    envelope.instructions(),
                                    envelope.firstPosition()));
        }
        return envelope;
    }

    /** A way to decode chunks one after the other, for one thread. */
    public ChunkWalker chunks() {
        return new ChunkWalker(this);
    }

    /** The instructions from a position on, for one thread. */
    public InstructionCursor instructions(long position) throws IOException {
        return instructions(position, chunks());
    }

    /** The same, with a walker that has opened chunks near it already. */
    public InstructionCursor instructions(long position, ChunkWalker walker) throws IOException {
        return new InstructionCursor(this, walker, position);
    }

    public CheckpointReader checkpoint(int number) throws IOException {
        return new CheckpointReader(packet(map.checkpoints().get(number).offset(), PacketKind.CHECKPOINT));
    }

    /** A pages packet: see {@link TraceMap.CheckpointPlace#packets}. */
    public PageGroups pages(TraceMap.PagesPlace place) throws IOException {
        return new PageGroups(packet(place.offset(), PacketKind.PAGES));
    }

    /** The message in the packet at an offset. */
    public byte[] body(long offset) throws IOException {
        return in.read(offset).body().rest();
    }

    private Packet packet(long offset, PacketKind kind) throws IOException {
        Packet packet = in.read(offset);
        if (packet.kind() != kind) {
            throw in.place(offset).expected("a packet of kind %s, found %s".formatted(kind, packet.kind()));
        }
        return packet;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
