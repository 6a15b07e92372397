package dev.ringscope.trace.export;

import java.io.IOException;

/**
 * Million instructions a second of virtual time: an instruction takes a nanosecond, so it is 1000 where the processor
 * never slept. A mean over windows; only changes are written.
 */
final class InstructionRate {
    private static final int WINDOWS = 4096;
    private static final long SHORTEST = 1000;
    private static final long FULL = 1000;

    private final Track track;
    private final TrackWriter out;
    private final long window;
    private long start;
    private long now;
    private long slept;
    private long drawn = -1;

    InstructionRate(Track track, TrackWriter out, long start, long length) {
        this.track = track;
        this.out = out;
        window = Math.max(SHORTEST, length / WINDOWS);
        this.start = start;
        now = start;
    }

    /** Instructions ran until then. */
    void run(long until) throws IOException {
        go(until, false);
    }

    /** None did. */
    void sleep(long until) throws IOException {
        go(until, true);
    }

    private void go(long until, boolean asleep) throws IOException {
        while (until - start >= window) {
            slept += asleep ? start + window - now : 0;
            now = start + window;
            draw();
        }
        if (until > now) {
            slept += asleep ? until - now : 0;
            now = until;
        }
    }

    private void draw() throws IOException {
        long value = FULL * (now - start - slept) / (now - start);
        if (value != drawn) {
            out.count(track, start, value);
            drawn = value;
        }
        start = now;
        slept = 0;
    }

    /** The last window may be shorter. */
    void finish() throws IOException {
        if (now > start) {
            draw();
        }
    }
}
