package dev.ringscope.trace.query;

/**
 * Looks whether anybody still waits for an answer, once in so many small pieces of work as take about a millisecond.
 */
final class Looks {
    /** Before Java has compiled it, a piece takes a microsecond or two. */
    private static final int PIECES = 1 << 10;

    private final Asker asker;
    private int left = PIECES;

    Looks(Asker asker) {
        this.asker = asker;
    }

    /**
     * To be called for each piece.
     *
     * @throws java.util.concurrent.CancellationException if nobody waits for the answer any more
     */
    void piece() {
        if (--left == 0) {
            left = PIECES;
            asker.check();
        }
    }
}
