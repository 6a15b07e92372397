package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.export.Mark.Note;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps what is drawn, and checks what the writers of formats rely on. */
final class DrawnPicture implements TrackWriter {
    record Slice(Track track, long begin, long end, Mark mark) {
        long position() {
            return DrawnPicture.position(mark);
        }
    }

    record Instant(Track track, long time, Mark mark) {}

    record Count(Track track, long time, long value) {}

    final List<Slice> slices = new ArrayList<>();
    final List<Instant> instants = new ArrayList<>();
    final List<Count> counts = new ArrayList<>();
    private final Map<Track, Deque<Slice>> open = new HashMap<>();
    private final Map<Track, Long> times = new HashMap<>();

    static long position(Mark mark) {
        return ((Note.Number) mark.notes().getFirst()).value();
    }

    static String text(Mark mark, String name) {
        return mark.notes().stream()
                .filter(note -> note.name().equals(name))
                .map(note -> ((Note.Text) note).value())
                .findFirst()
                .orElseThrow();
    }

    List<Slice> on(String track) {
        return slices.stream().filter(s -> s.track.name().equals(track)).toList();
    }

    void checkThatAllHasEnded() {
        open.values().forEach(left -> assertThat(left).isEmpty());
    }

    @Override
    public void track(Track track) {
        assertThat(times).doesNotContainKey(track);
        assertThat(track.group() == null || times.containsKey(track.group())).isTrue();
        times.put(track, 0L);
        open.put(track, new ArrayDeque<>());
    }

    private void go(Track track, long time) {
        assertThat(time).isGreaterThanOrEqualTo(times.put(track, time));
    }

    @Override
    public void begin(Track track, long time, Mark mark) {
        go(track, time);
        open.get(track).push(new Slice(track, time, -1, mark));
    }

    @Override
    public void end(Track track, long time) {
        go(track, time);
        Slice slice = open.get(track).pop();
        slices.add(new Slice(track, slice.begin, time, slice.mark));
    }

    @Override
    public void instant(Track track, long time, Mark mark) {
        go(track, time);
        instants.add(new Instant(track, time, mark));
    }

    @Override
    public void count(Track track, long time, long value) {
        go(track, time);
        counts.add(new Count(track, time, value));
    }
}
