package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.proto.trace.v1.Index;
import java.util.List;

/**
 * What lies where in a file.
 *
 * @param bundles what the index says of neighbouring chunks together, ascending; not of all chunks
 * @param root totals and how the run ended
 * @param damage what is missing or wrong, in one sentence; "" for a whole file
 */
public record TraceMap(
        List<ChunkPlace> chunks,
        List<CheckpointPlace> checkpoints,
        List<BundlePlace> bundles,
        Index root,
        String damage) {
    /**
     * @param offset of its packet
     * @param firstBlock 0 for the first chunk of a group
     * @param closing the recording was ended there
     */
    public record ChunkPlace(
            long offset, long firstPosition, long instructions, int firstBlock, ChunkAbout about, boolean closing) {
        /** The machine was told that the chunk ended. */
        public boolean ended() {
            return !closing && !about.pagesUnknown();
        }

        /** The lists of pages written and read are those of a later chunk: see {@code pages_unknown} in the summary. */
        public boolean pagesUnknown() {
            return about.pagesUnknown();
        }

        /** What the index knows of it: parsed when it is asked for the first time. */
        public ChunkSummary summary() {
            return about.summary();
        }

        /** Bytes that {@link #summary} takes before it is parsed. */
        public int summaryBytes() {
            return about.summaryBytes();
        }

        /** The same as in the summary, at no cost. */
        public EventCounts events() {
            return about.events();
        }

        public long endPosition() {
            return firstPosition + instructions;
        }
    }

    /**
     * Chunks of which the index knows something together.
     *
     * @param first number of the first one
     * @param end number of the one behind the last
     */
    public record BundlePlace(int first, int end, ChunkAbout about) {
        /** Like that of a chunk, but with less detail. */
        public ChunkSummary summary() {
            return about.summary();
        }
    }

    /** @param offset of its packet */
    public record CheckpointPlace(long position, boolean full, long offset, List<PagesPlace> packets) {}

    /**
     * @param offset of the pages packet
     * @param pages the pages in it, ascending
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record PagesPlace(long offset, long[] pages) {}

    /** Instructions retired at the end of the last whole chunk. */
    public long endPosition() {
        return chunks.isEmpty() ? 0 : chunks.getLast().endPosition();
    }

    /** Number of the chunk that holds an instruction; -1 if none does. */
    public int chunkAt(long position) {
        int low = 0;
        int high = chunks.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            ChunkPlace chunk = chunks.get(middle);
            if (position < chunk.firstPosition) {
                high = middle - 1;
            } else if (position >= chunk.endPosition()) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }

    /**
     * Number of the first chunk that may hold an event or access at or behind a position; the number of chunks if none.
     */
    public int firstChunkReaching(long position) {
        int low = 0;
        int high = chunks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (chunks.get(middle).endPosition() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Number of the first chunk behind a checkpoint; the number of chunks if there is none. */
    public int firstChunkBehind(CheckpointPlace checkpoint) {
        int chunk = firstChunkReaching(checkpoint.position);
        while (chunk < chunks.size() && chunks.get(chunk).offset < checkpoint.offset) {
            chunk++;
        }
        return chunk;
    }

    /**
     * Number of the first chunk from this one on whose end the machine was told; the number of chunks if there is none.
     */
    public int endOfSpan(int chunk) {
        int end = chunk;
        while (end < chunks.size() && !chunks.get(end).ended()) {
            end++;
        }
        return end;
    }

    /** Number of the bundle that a chunk belongs to; -1 if it belongs to none. */
    public int bundleOf(int chunk) {
        int low = 0;
        int high = bundles.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            BundlePlace bundle = bundles.get(middle);
            if (chunk < bundle.first) {
                high = middle - 1;
            } else if (chunk >= bundle.end) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }

    /** Number of the last checkpoint at or before a position; -1 if there is none. */
    public int checkpointAt(long position) {
        int low = 0;
        int high = checkpoints.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (checkpoints.get(middle).position <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
