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
    /** For each chunk the traps from the beginning up to its end. */
    private final List<TrapCounts> counted = new ArrayList<>();

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

    @Override
    public TrapCounts trapCounts() throws IOException {
        long position = now.get().position();
        int left = now.get().traps();
        int first = trace.map().firstChunkReaching(position);
        TrapCounts last = new TrapCounts();
        // What happened at one position may lie in two chunks, if the recording was looked at in between.
        for (int chunk = first; chunk < trace.chunkCount() && begins(chunk) <= position; chunk++) {
            for (Event.Trap trap : inChunk(Event.Trap.class, chunk, position, Integer.MAX_VALUE)) {
                if (trap.position() < position || left-- > 0) {
                    last.add(trap);
                }
            }
        }
        return new TrapCounts(upTo(first), last);
    }

    private long begins(int chunk) {
        return trace.map().chunks().get(chunk).firstPosition();
    }

    /** All of the first so many chunks. Those read once are remembered. */
    private TrapCounts upTo(int count) throws IOException {
        for (int chunk = counted.size(); chunk < count; chunk++) {
            TrapCounts sum = new TrapCounts(chunk == 0 ? new TrapCounts() : counted.get(chunk - 1));
            if (Events.Kind.TRAP.count(trace.events(chunk)) > 0) {
                inChunk(Event.Trap.class, chunk, Long.MAX_VALUE, 0).forEach(sum::add);
            }
            counted.add(sum);
        }
        return count == 0 ? new TrapCounts() : counted.get(count - 1);
    }

    /** @param here how many events at the present position have happened */
    private <E extends Event> List<E> last(Class<E> type, Events.Kind kind, int here, int count) throws IOException {
        long position = now.get().position();
        List<E> found = new ArrayList<>();
        int chunk = Math.min(trace.map().firstChunkReaching(position + 1), trace.chunkCount() - 1);
        for (; chunk >= 0 && found.size() < count; chunk--) {
            if (kind.count(trace.events(chunk)) > 0) {
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
