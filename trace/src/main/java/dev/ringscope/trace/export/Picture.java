package dev.ringscope.trace.export;

import dev.ringscope.trace.export.Track.Kind;
import java.io.IOException;

/** What a recording looks like over virtual time: the one description that all time-line formats write. */
final class Picture {
    private final TrackWriter out;
    private int tracks;

    private Picture(TrackWriter out) {
        this.out = out;
    }

    static void draw(Exported exported, TrackWriter out) throws IOException {
        Picture picture = new Picture(out);
        new EventTracks(exported, picture, out).draw();
        new MemoryTrack(exported, picture, out).draw();
        new CallTracks(exported, picture, out).draw();
    }

    Track group(String name) throws IOException {
        return add(Kind.GROUP, name, "", null);
    }

    Track slices(String name, Track group) throws IOException {
        return add(Kind.SLICES, name, "", group);
    }

    Track counter(String name, String unit, Track group) throws IOException {
        return add(Kind.COUNTER, name, unit, group);
    }

    private Track add(Kind kind, String name, String unit, Track group) throws IOException {
        Track track = new Track(++tracks, kind, name, unit, group);
        out.track(track);
        return track;
    }
}
