package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import java.lang.ref.SoftReference;

/**
 * A chunk's summary as the index holds it: parsed when somebody asks for its lists. Those of all chunks are most of the
 * index, and a question needs few; what everybody asks every chunk is found without them. Safe for several threads.
 */
public final class ChunkAbout {
    private final WireInput bytes;
    private final boolean pagesUnknown;
    private final EventCounts events;
    /** Parsed. Those of a long trace together are more than memory may hold, and can be parsed again. */
    private volatile SoftReference<ChunkSummary> summary;
    /** Where there is nothing to parse. */
    private final ChunkSummary only;

    /** @param summary parsed already */
    ChunkAbout(ChunkSummary summary) {
        only = summary;
        bytes = null;
        pagesUnknown = summary.getPagesUnknown();
        events = summary.getEventCounts();
    }

    /** @param message the summary */
    ChunkAbout(WireInput message) {
        only = null;
        bytes = copy(message);
        WireInput in = copy(message);
        boolean unknown = false;
        EventCounts.Builder counts = EventCounts.newBuilder();
        while (in.next()) {
            switch (in.field()) {
                case ChunkSummary.EVENT_COUNTS_FIELD_NUMBER -> merge(in.message(), counts);
                case ChunkSummary.PAGES_UNKNOWN_FIELD_NUMBER -> unknown = in.varint() != 0;
                default -> in.skip();
            }
        }
        pagesUnknown = unknown;
        events = counts.build();
    }

    private static WireInput copy(WireInput in) {
        return new WireInput(in.place(), in.array(), in.position(), in.end());
    }

    private static void merge(WireInput in, EventCounts.Builder counts) {
        try {
            counts.mergeFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw in.place().expected("counts of events, found: " + e.getMessage());
        }
    }

    /** All of it. */
    ChunkSummary summary() {
        if (only != null) {
            return only;
        }
        SoftReference<ChunkSummary> kept = summary;
        ChunkSummary known = kept == null ? null : kept.get();
        if (known == null) {
            known = SummaryReader.read(bytes);
            summary = new SoftReference<>(known);
        }
        return known;
    }

    /** Bytes of {@link #summary} in the file, not decompressed further; read at no cost. */
    int summaryBytes() {
        return only == null ? bytes.remaining() : only.getSerializedSize();
    }

    boolean pagesUnknown() {
        return pagesUnknown;
    }

    EventCounts events() {
        return events;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkAbout about && about.summary().equals(summary());
    }

    @Override
    public int hashCode() {
        return events.hashCode();
    }

    @Override
    public String toString() {
        return summary().toString();
    }
}
