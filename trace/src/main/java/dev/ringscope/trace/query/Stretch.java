package dev.ringscope.trace.query;

import dev.ringscope.proto.trace.v1.StateDigest;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkEnvelope;
import java.io.IOException;

/**
 * A part of two recordings, at whose end both have a digest of the state if there is such a place.
 *
 * @param covered the digests at its end tell of all memory that was written in it, in both recordings
 * @param counted it is one chunk in both, with as many events of each sort
 * @param one null where the recordings have no such end in common
 */
record Stretch(long from, long to, boolean covered, boolean counted, StateDigest one, StateDigest other) {
    /** Where no end in common is so near, a stretch is that long. */
    private static final long LONGEST = 1 << 20;

    /** Chunks are at most 2^24 instructions long. */
    private static final long FARTHEST = 1 << 24;

    /** @param end both recordings have instructions up to there */
    static Stretch at(TraceReader one, TraceReader other, long from, long end) throws IOException {
        Ends a = new Ends(one, from);
        Ends b = new Ends(other, from);
        a.next();
        b.next();
        while (a.digest != null && b.digest != null && Math.min(a.position, b.position) - from <= FARTHEST) {
            if (a.position == b.position) {
                return new Stretch(from, a.position, a.first && b.first, a.sameCounts(b), a.digest, b.digest);
            }
            (a.position < b.position ? a : b).next();
        }
        return new Stretch(from, Math.min(end, from + LONGEST), false, false, null, null);
    }

    /** Both ended in the same state, if they began in the same one. */
    boolean settled() {
        return covered && one.equals(other);
    }

    /** Processors, and memory that was written, ended in the same state, if they began in the same one. */
    boolean sameButDevices() {
        return covered
                && one.getProcessorsList().equals(other.getProcessorsList())
                && one.getMemory() == other.getMemory();
    }

    /** The ends of one recording's chunks that have digests. */
    private static final class Ends {
        private final TraceReader trace;
        private int chunk;
        /** Behind a position from which on the lists of written pages count. */
        private final boolean begun;

        private final int firstChunk;
        private int found;
        private boolean first;
        private long position;
        /** Null if there is no more. */
        private StateDigest digest;

        Ends(TraceReader trace, long from) {
            this.trace = trace;
            chunk = trace.map().chunkAt(from);
            firstChunk = chunk;
            begun = chunk >= 0 && trace.map().chunks().get(chunk).firstPosition() == from && settledBefore();
        }

        private boolean settledBefore() {
            return chunk == 0 || trace.map().chunks().get(chunk - 1).ended();
        }

        boolean sameCounts(Ends other) {
            return chunk == firstChunk + 1
                    && other.chunk == other.firstChunk + 1
                    && trace.events(firstChunk).equals(other.trace.events(other.firstChunk));
        }

        void next() throws IOException {
            digest = null;
            while (chunk >= 0 && chunk < trace.chunkCount() && digest == null) {
                ChunkEnvelope envelope = trace.envelope(chunk++);
                digest = envelope.digest();
                position = envelope.endPosition();
            }
            first = begun && found++ == 0;
        }
    }
}
