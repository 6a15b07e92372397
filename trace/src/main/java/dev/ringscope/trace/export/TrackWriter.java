package dev.ringscope.trace.export;

import java.io.IOException;

/**
 * Writes a time-line picture in some format. Times are virtual, in nanoseconds; those of one track do not descend, but
 * the tracks are drawn one after another. Slices of a track nest, and all are ended.
 */
interface TrackWriter {
    /** Told of a track in front of what is on it, of its group first. */
    void track(Track track) throws IOException;

    void begin(Track track, long time, Mark mark) throws IOException;

    /** Ends the slice that was begun last. */
    void end(Track track, long time) throws IOException;

    void instant(Track track, long time, Mark mark) throws IOException;

    /** A counter's value from this time on. */
    void count(Track track, long time, long value) throws IOException;
}
