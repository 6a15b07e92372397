package dev.ringscope.trace.query;

import java.util.concurrent.TimeUnit;

/**
 * How many instructions are re-executed between two looks at whether anybody still waits for the answer: as many as
 * take some milliseconds. A process that has just started is twenty times slower than one whose code Java has compiled.
 */
final class Pace {
    private static final long LEAST = 1 << 8;
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long LONG = TimeUnit.MILLISECONDS.toNanos(16);

    private final long most;
    private long length = LEAST;
    private long start;

    /** @param most instructions at a time, however quick they are */
    Pace(long most) {
        this.most = most;
    }

    /** The next stretch begins. @return its length in instructions */
    long begin() {
        start = System.nanoTime();
        return Math.min(length, most);
    }

    /** It has been executed. */
    void end() {
        long took = System.nanoTime() - start;
        if (took < SHORT) {
            length = Math.min(2 * length, most);
        } else if (took > LONG) {
            length = Math.max(length / 2, LEAST);
        }
    }
}
