package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.format.PacketInput.Packet;
import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rebuilds the index of a file that has none, packet by packet, up to the first that is not whole. Every packet's CRC
 * is checked, and that the chunks follow on each other.
 */
final class Scan {
    private final PacketInput in;
    private final long size;
    private final List<ChunkPlace> chunks = new ArrayList<>();
    private final List<CheckpointPlace> checkpoints = new ArrayList<>();
    private final SummaryTotals totals = new SummaryTotals();
    private final Index.Builder root = Index.newBuilder();
    private List<PagesPlace> pages = new ArrayList<>();
    private long pageCount;
    private long offset;
    private boolean closed;

    Scan(PacketInput in, long dataStart) throws IOException {
        this.in = in;
        size = in.size();
        offset = dataStart;
    }

    TraceMap run(String why) throws IOException {
        String reason = why;
        try {
            while (offset < size && !closed) {
                Packet packet = in.read(offset);
                take(packet);
                offset = packet.end();
            }
            if (closed && offset < size) {
                reason = in.place(offset)
                        .expected("the end of the file behind the trailer, found more")
                        .getMessage();
            }
        } catch (TraceFormatException e) {
            reason = why + "; " + e.getMessage();
        }
        TraceMap map = new TraceMap(
                chunks, checkpoints, List.of(), root.setTotals(totals.build()).build(), "");
        root.setEndPosition(map.endPosition());
        return new TraceMap(chunks, checkpoints, List.of(), root.build(), text(reason, map.endPosition()));
    }

    private String text(String reason, long end) {
        return "%s: %s. Used: %d whole chunks, %d instructions, the first %d of %d bytes"
                .formatted(in.file(), reason, chunks.size(), end, offset, size);
    }

    private void take(Packet packet) {
        Place place = in.place(packet.offset());
        switch (packet.kind()) {
            case HEADER -> throw place.expected("one header, found a second one");
            case CHUNK -> chunk(place, new ChunkEnvelope(packet), packet.offset());
            case PAGES -> {
                long[] numbers = new PageGroups(packet).pages();
                pages.add(new PagesPlace(packet.offset(), numbers));
                pageCount += numbers.length;
            }
            case CHECKPOINT -> checkpoint(place, new CheckpointReader(packet), packet.offset());
            case TRAILER -> closed = true;
            case CHUNK_INDEX, INDEX, UNKNOWN -> {}
        }
    }

    private void chunk(Place place, ChunkEnvelope chunk, long at) {
        long expected = chunks.isEmpty() ? 0 : chunks.getLast().endPosition();
        place.verify(chunk.number() == chunks.size(), "chunk " + chunks.size(), chunk.number());
        place.verify(chunk.firstPosition() == expected, "a chunk from position " + expected, chunk.firstPosition());
        place.verify(!checkpoints.isEmpty(), "a checkpoint before the first chunk, found chunk", chunk.number());
        var summary = chunk.summary();
        chunks.add(new ChunkPlace(
                at,
                chunk.firstPosition(),
                chunk.instructions(),
                chunk.firstBlock(),
                new ChunkAbout(summary),
                chunk.closing()));
        totals.add(summary);
        readTimeAndEnd(
                chunk,
                summary.getEventCounts().getHalts() + summary.getEventCounts().getEnds() > 0);
    }

    private void readTimeAndEnd(ChunkEnvelope chunk, boolean worthReading) {
        long time = chunk.firstTime() + chunk.instructions();
        EventDecoder events = chunk.events();
        for (Event event = worthReading ? events.next() : null; event != null; event = events.next()) {
            if (event instanceof Event.Halt halt) {
                time += halt.until() - halt.from();
            } else if (event instanceof Event.End end) {
                root.setEnd(EventEncoder.end(end));
            }
        }
        root.setEndTime(time);
    }

    private void checkpoint(Place place, CheckpointReader checkpoint, long at) {
        long expected = chunks.isEmpty() ? 0 : chunks.getLast().endPosition();
        place.verify(
                checkpoint.number() == checkpoints.size(), "checkpoint " + checkpoints.size(), checkpoint.number());
        place.verify(checkpoint.position() == expected, "a checkpoint at position " + expected, checkpoint.position());
        place.verify(
                checkpoint.full() || !checkpoints.isEmpty(),
                "a full checkpoint first, found one at",
                checkpoint.position());
        place.verify(
                checkpoint.pagePackets() == pages.size(),
                "%d pages packets".formatted(pages.size()),
                checkpoint.pagePackets());
        place.verify(checkpoint.pageCount() == pageCount, "%d pages".formatted(pageCount), checkpoint.pageCount());
        checkpoints.add(new CheckpointPlace(checkpoint.position(), checkpoint.full(), at, pages));
        pages = new ArrayList<>();
        pageCount = 0;
    }
}
