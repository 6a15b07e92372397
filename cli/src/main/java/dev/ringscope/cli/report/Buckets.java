package dev.ringscope.cli.report;

/**
 * A recording cut into equal parts.
 *
 * @param end the position behind its last instruction
 * @param width instructions of each, 1 or more; the last may have fewer
 * @param count 1 or more
 */
record Buckets(long end, long width, int count) {
    /** Takes pieces of a stretch of instructions. */
    @FunctionalInterface
    interface Piece {
        void add(int bucket, long instructions);
    }

    /** At most so many. */
    static Buckets of(long end, int most) {
        long width = Math.max(1, Math.ceilDiv(end, (long) most));
        return new Buckets(end, width, (int) Math.max(1, Math.ceilDiv(end, width)));
    }

    /** The one that holds a position; what happened at the end belongs to the last. */
    int at(long position) {
        return (int) Math.min(count - 1L, position / width);
    }

    /** Cuts the instructions from one position up to another where buckets meet. */
    void cut(long from, long to, Piece piece) {
        for (long at = from; at < to; ) {
            int bucket = at(at);
            long next = bucket == count - 1 ? to : Math.min(to, (bucket + 1) * width);
            piece.add(bucket, next - at);
            at = next;
        }
    }
}
