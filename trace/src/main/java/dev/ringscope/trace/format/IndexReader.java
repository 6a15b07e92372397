package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.proto.trace.v1.CheckpointEntry;
import dev.ringscope.proto.trace.v1.ChunkEntry;
import dev.ringscope.proto.trace.v1.ChunkIndex;
import dev.ringscope.proto.trace.v1.ChunkIndexEntries;
import dev.ringscope.proto.trace.v1.ChunkIndexReference;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.proto.trace.v1.Trailer;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.format.PacketInput.Packet;
import dev.ringscope.trace.format.TraceMap.BundlePlace;
import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds out what lies where: from trailer and index, or by {@link Scan} where these are missing or damaged. */
public final class IndexReader {
    private static final int MAX_ROOT = 1 << 24;

    private final PacketInput in;
    private final List<ChunkPlace> chunks;
    private final List<CheckpointPlace> checkpoints;
    private final List<BundlePlace> bundles;
    /** Entries with smaller numbers are known. */
    private long knownChunks;

    private long knownCheckpoints;

    private IndexReader(PacketInput in, TraceMap known) {
        this.in = in;
        chunks = known.chunks();
        checkpoints = known.checkpoints();
        bundles = known.bundles();
    }

    /** @param dataStart offset of the first packet behind the header */
    public static TraceMap read(PacketInput in, long dataStart) throws IOException {
        Packet trailer = trailer(in, dataStart);
        if (trailer == null) {
            return new Scan(in, dataStart).run("the recording was not closed");
        }
        try {
            return new IndexReader(in, none()).fromIndex(trailer);
        } catch (TraceFormatException e) {
            return new Scan(in, dataStart).run("the index is damaged (%s)".formatted(e.getMessage()));
        }
    }

    /** The map of a file whose recording goes on, when nothing of it is known yet. */
    public static TraceMap none() {
        return new TraceMap(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), Index.getDefaultInstance(), "");
    }

    /**
     * Adds to the lists of a map what its recorder has written since. Only parts that were not known whole are read.
     *
     * @return a map of the same lists
     */
    public static TraceMap extend(PacketInput in, TraceMap known, IndexBuilder.Written written) throws IOException {
        return new IndexReader(in, known).extend(written);
    }

    private TraceMap extend(IndexBuilder.Written written) throws IOException {
        Index root = written.root();
        for (int i = 0; i < root.getPartsCount(); i++) {
            long end = i + 1 < root.getPartsCount() ? root.getParts(i + 1).getFirstChunk() : written.chunks();
            if (end > chunks.size()) {
                knownChunks = chunks.size();
                knownCheckpoints = checkpoints.size();
                readPart(packet(root.getParts(i).getOffset(), PacketKind.CHUNK_INDEX));
            }
        }
        for (int i = chunks.size() - written.chunks(); i < written.rest().getChunksCount(); i++) {
            chunks.add(place(written.rest().getChunks(i)));
        }
        for (int i = checkpoints.size() - written.checkpoints();
                i < written.rest().getCheckpointsCount();
                i++) {
            checkpoints.add(place(written.rest().getCheckpoints(i)));
        }
        return new TraceMap(chunks, checkpoints, bundles, root, "");
    }

    /** Null if the file does not end with one. */
    private static Packet trailer(PacketInput in, long dataStart) throws IOException {
        long at = in.size() - TraceOutput.TRAILER_BYTES;
        if (at < dataStart) {
            return null;
        }
        try {
            Packet packet = in.read(at);
            return packet.kind() == PacketKind.TRAILER && packet.end() == in.size() ? packet : null;
        } catch (TraceFormatException e) {
            return null;
        }
    }

    private TraceMap fromIndex(Packet trailer) throws IOException {
        long[] fields = new long[TraceOutput.TRAILER_FIELDS + 1];
        WireInput body = trailer.body();
        while (body.next()) {
            if (body.field() <= TraceOutput.TRAILER_FIELDS) {
                fields[body.field()] = body.fixed64();
            } else {
                body.skip();
            }
        }
        Place place = in.place(trailer.offset());
        boolean ours = fields[Trailer.MAGIC_FIELD_NUMBER] == TraceOutput.TRAILER_MAGIC;
        place.verify(ours, "the magic \"RSTRAIL1\"", fields[Trailer.MAGIC_FIELD_NUMBER]);
        Index root = root(packet(fields[Trailer.INDEX_OFFSET_FIELD_NUMBER], PacketKind.INDEX));
        for (ChunkIndexReference part : root.getPartsList()) {
            place.verify(
                    part.getFirstChunk() == chunks.size(),
                    "an index part from chunk " + chunks.size(),
                    part.getFirstChunk());
            readPart(packet(part.getOffset(), PacketKind.CHUNK_INDEX));
        }
        place.verify(
                chunks.size() == fields[Trailer.CHUNK_COUNT_FIELD_NUMBER],
                "an index of %d chunks".formatted(fields[Trailer.CHUNK_COUNT_FIELD_NUMBER]),
                chunks.size());
        TraceMap map = new TraceMap(chunks, checkpoints, bundles, root, "");
        place.verify(
                map.endPosition() == fields[Trailer.END_POSITION_FIELD_NUMBER]
                        && map.endPosition() == root.getEndPosition(),
                "an index up to position %d".formatted(fields[Trailer.END_POSITION_FIELD_NUMBER]),
                map.endPosition());
        return map;
    }

    private Packet packet(long offset, PacketKind kind) throws IOException {
        Packet packet = in.read(offset);
        if (packet.kind() != kind) {
            throw in.place(offset).expected("a packet of kind %s, found %s".formatted(kind, packet.kind()));
        }
        return packet;
    }

    static Index root(Packet packet) {
        WireInput body = packet.body();
        body.place()
                .verify(
                        body.remaining() <= MAX_ROOT,
                        "an index root of at most %d bytes".formatted(MAX_ROOT),
                        body.remaining());
        try {
            return Index.parser().parseFrom(body.array(), body.position(), body.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw body.place().expected("an index, found: " + e.getMessage());
        }
    }

    private void readPart(Packet packet) {
        WireInput body = packet.body();
        WireInput section = null;
        long chunk = 0;
        long checkpoint = 0;
        while (body.next()) {
            switch (body.field()) {
                case ChunkIndex.FIRST_CHUNK_FIELD_NUMBER -> chunk = body.varint();
                case ChunkIndex.FIRST_CHECKPOINT_FIELD_NUMBER -> checkpoint = body.varint();
                case ChunkIndex.ENTRIES_FIELD_NUMBER -> section = body.message();
                default -> body.skip();
            }
        }
        if (section == null) {
            throw body.place().expected("the entries of an index part, found none");
        }
        WireInput entries = Section.open(section);
        long bundle = chunk;
        while (entries.next()) {
            switch (entries.field()) {
                case ChunkIndexEntries.CHUNKS_FIELD_NUMBER -> {
                    WireInput entry = entries.message();
                    if (chunk++ >= knownChunks) {
                        chunks.add(chunk(entry));
                    }
                }
                case ChunkIndexEntries.CHECKPOINTS_FIELD_NUMBER -> {
                    WireInput entry = entries.message();
                    if (checkpoint++ >= knownCheckpoints) {
                        checkpoints.add(checkpoint(entry));
                    }
                }
                case ChunkIndexEntries.BUNDLES_FIELD_NUMBER -> {
                    bundle(bundle, entries.message());
                    bundle += ChunkBundle.CHUNKS;
                }
                default -> entries.skip();
            }
        }
        body.place().verify(chunk == chunks.size(), "an index part up to chunk " + chunks.size(), chunk);
        int bundled = bundles.isEmpty() ? 0 : bundles.getLast().end();
        body.place().verify(bundled <= chunks.size(), "bundles of %d chunks".formatted(chunks.size()), bundled);
    }

    /** @param first number of its first chunk, as it stands in the file */
    private void bundle(long first, WireInput summary) {
        int known = bundles.isEmpty() ? 0 : bundles.getLast().end();
        if (first >= known && first <= Integer.MAX_VALUE - ChunkBundle.CHUNKS) {
            bundles.add(new BundlePlace((int) first, (int) first + ChunkBundle.CHUNKS, new ChunkAbout(summary)));
        }
    }

    private ChunkPlace chunk(WireInput in) {
        Place place = in.place();
        long offset = 0;
        long position = 0;
        long instructions = 0;
        int firstBlock = 0;
        ChunkAbout about = null;
        boolean closing = false;
        while (in.next()) {
            switch (in.field()) {
                case ChunkEntry.OFFSET_FIELD_NUMBER -> offset = in.varint();
                case ChunkEntry.FIRST_POSITION_FIELD_NUMBER -> position = in.varint();
                case ChunkEntry.INSTRUCTION_COUNT_FIELD_NUMBER -> instructions = in.varint();
                case ChunkEntry.FIRST_BLOCK_FIELD_NUMBER ->
                    firstBlock = (int) in.varint(Integer.MAX_VALUE, "the number of a block");
                case ChunkEntry.SUMMARY_FIELD_NUMBER -> {
                    place.verify(about == null, "one summary of a chunk, found another one at byte", in.position());
                    about = new ChunkAbout(in.message());
                }
                case ChunkEntry.CLOSING_FIELD_NUMBER -> closing = in.varint() != 0;
                default -> in.skip();
            }
        }
        long expected = chunks.isEmpty() ? 0 : chunks.getLast().endPosition();
        place.verify(position == expected, "a chunk from position " + expected, position);
        about = about == null ? new ChunkAbout(ChunkSummary.getDefaultInstance()) : about;
        return new ChunkPlace(offset, position, instructions, firstBlock, about, closing);
    }

    private static ChunkPlace place(ChunkEntry entry) {
        return new ChunkPlace(
                entry.getOffset(),
                entry.getFirstPosition(),
                entry.getInstructionCount(),
                entry.getFirstBlock(),
                new ChunkAbout(entry.getSummary()),
                entry.getClosing());
    }

    private static CheckpointPlace checkpoint(WireInput in) {
        CheckpointEntry entry;
        try {
            entry = CheckpointEntry.parser().parseFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw in.place().expected("an index entry, found: " + e.getMessage());
        }
        return place(entry);
    }

    private static CheckpointPlace place(CheckpointEntry entry) {
        List<PagesPlace> packets = entry.getPacketsList().stream()
                .map(p -> new PagesPlace(p.getOffset(), SortedDeltas.sums(p.getPagesList())))
                .toList();
        return new CheckpointPlace(entry.getPosition(), entry.getFull(), entry.getOffset(), packets);
    }
}
