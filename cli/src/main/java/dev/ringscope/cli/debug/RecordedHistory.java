package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.query.Events;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The history of a recording at the moment where its playback stands: what re-execution told, and before that, what the
 * trace says.
 */
final class RecordedHistory implements History {
    private final TraceReader trace;
    private final RecentEvents recent;
    private long known;

    RecordedHistory(TraceReader trace, RecentEvents recent) {
        this.trace = trace;
        this.recent = recent;
    }

    /** Playback has been restored there: from now on it tells what happens. */
    void restored(long position) {
        recent.clear();
        known = position;
    }

    @Override
    public List<Event.RingChange> rings(int count) throws IOException {
        return join(recent.rings(), Event.RingChange.class, Events.Kind.RING_CHANGE, count);
    }

    @Override
    public List<Event.Trap> traps(int count) throws IOException {
        return join(recent.traps(), Event.Trap.class, Events.Kind.TRAP, count);
    }

    private <E extends Event> List<E> join(List<E> played, Class<E> type, Events.Kind kind, int count)
            throws IOException {
        List<E> all = new ArrayList<>(played);
        for (int chunk = trace.map().chunkAt(known - 1); chunk >= 0 && all.size() < count; chunk--) {
            if (kind.count(trace.summary(chunk).getEventCounts()) > 0) {
                List<E> earlier = new ArrayList<>();
                EventDecoder events = trace.envelope(chunk).events();
                for (Event e = events.next(); e != null; e = events.next()) {
                    if (type.isInstance(e) && e.position() < known) {
                        earlier.add(type.cast(e));
                    }
                }
                all.addAll(0, earlier);
            }
        }
        return History.last(all, count);
    }
}
