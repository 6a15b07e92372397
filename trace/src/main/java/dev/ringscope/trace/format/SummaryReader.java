package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.proto.trace.v1.ChunkSummary;

/** Parses summaries, which may be long but only as long as a chunk has pages. */
final class SummaryReader {
    /** More bytes than a summary of a chunk can have: at most 2^20 pages, some twenty bytes each in all lists. */
    private static final int MAX_BYTES = 1 << 25;

    private SummaryReader() {}

    static ChunkSummary read(WireInput in) {
        in.place()
                .verify(
                        in.remaining() <= MAX_BYTES,
                        "a summary of at most %d bytes".formatted(MAX_BYTES),
                        in.remaining());
        try {
            return ChunkSummary.parser().parseFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw in.place().expected("a summary, found: " + e.getMessage());
        }
    }
}
