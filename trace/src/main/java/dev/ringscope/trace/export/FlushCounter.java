package dev.ringscope.trace.export;

import java.io.IOException;

/**
 * How often translations were dropped since the picture's start: a step for each, where that is not too fine to see.
 */
final class FlushCounter {
    private static final int STEPS = 1 << 16;

    private final Track track;
    private final TrackWriter out;
    private final long resolution;
    private long count;
    private long drawn;
    private long drawnAt;

    FlushCounter(Track track, TrackWriter out, long start, long length) throws IOException {
        this.track = track;
        this.out = out;
        resolution = length / STEPS;
        drawnAt = start;
        out.count(track, start, 0);
    }

    void flushed(long time) throws IOException {
        count++;
        if (time - drawnAt >= resolution) {
            draw(time);
        }
    }

    void finish(long time) throws IOException {
        if (drawn < count) {
            draw(Math.max(time, drawnAt));
        }
    }

    private void draw(long time) throws IOException {
        out.count(track, time, count);
        drawn = count;
        drawnAt = time;
    }
}
