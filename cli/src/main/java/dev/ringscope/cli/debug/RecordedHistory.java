package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.query.Events;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What a recording says of the time before the moment where its playback stands. */
final class RecordedHistory implements History {
    private final TraceReader trace;
    private final Supplier<EventCounts.Counts> now;

    /** @param now the position, and how much has happened there already */
    RecordedHistory(TraceReader trace, Supplier<EventCounts.Counts> now) {
        this.trace = trace;
        this.now = now;
    }

    @Override
    public List<Event.RingChange> rings(int count) throws IOException {
        return last(Event.RingChange.class, Events.Kind.RING_CHANGE, now.get().rings(), count);
    }

    @Override
    public List<Event.Trap> traps(int count) throws IOException {
        return last(Event.Trap.class, Events.Kind.TRAP, now.get().traps(), count);
    }

    /** @param here how many events at the present position have happened */
    private <E extends Event> List<E> last(Class<E> type, Events.Kind kind, int here, int count) throws IOException {
        long position = now.get().position();
        List<E> found = new ArrayList<>();
        int chunk = Math.min(trace.map().firstChunkReaching(position + 1), trace.chunkCount() - 1);
        for (; chunk >= 0 && found.size() < count; chunk--) {
            if (kind.count(trace.summary(chunk).getEventCounts()) > 0) {
                found.addAll(0, inChunk(type, chunk, position, here));
            }
        }
        return History.last(found, count);
    }

    private <E extends Event> List<E> inChunk(Class<E> type, int chunk, long position, int here) throws IOException {
        List<E> found = new ArrayList<>();
        int left = here;
        EventDecoder events = trace.envelope(chunk).events();
        for (Event e = events.next(); e != null && e.position() <= position; e = events.next()) {
            if (type.isInstance(e) && (e.position() < position || left-- > 0)) {
                found.add(type.cast(e));
            }
        }
        return found;
    }
}
