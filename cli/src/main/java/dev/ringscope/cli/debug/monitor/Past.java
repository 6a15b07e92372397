package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.explain.FaultMoment;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.query.Events;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Optional;
import java.util.function.Predicate;

/** Earlier moments of a recorded guest, on a second machine: gdb's own stays where it stands. */
final class Past {
    private final Guest guest;
    /** Kept as long as nobody else needs the memory: the machine is as large as the guest's. */
    private SoftReference<Timeline> kept = new SoftReference<>(null);

    private int chunks;

    Past(Guest guest) {
        this.guest = guest;
    }

    /** Whether there is a recording to look at. */
    boolean recorded() throws RefusedException {
        return guest.trace().isPresent();
    }

    private Timeline timeline() throws IOException, RefusedException {
        TraceReader trace = guest.trace().orElseThrow();
        Timeline timeline = kept.get();
        if (timeline == null || timeline.trace() != trace) {
            kept.clear();
            timeline = build(trace);
            kept = new SoftReference<>(timeline);
        } else if (trace.chunkCount() != chunks) {
            timeline.grown();
        }
        chunks = trace.chunkCount();
        timeline.setListener(Recorder.NONE);
        return timeline;
    }

    private static Timeline build(TraceReader trace) throws IOException, RefusedException {
        try {
            return new Timeline(trace, Detail.FLOW);
        } catch (OutOfMemoryError e) {
            throw new RefusedException("looking at the past needs one more machine, and Java's heap of %,d MiB has no"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20)
                    + " room for it: start with RINGSCOPE_JAVA_OPTS=-Xmx... or less --memory");
        }
    }

    /** Goes to the step in which a trap was taken; what is there may be looked at until the next call. */
    FaultMoment before(Event.Trap trap) throws IOException, RefusedException {
        return FaultMoment.before(timeline(), trap);
    }

    /**
     * The machine as it stopped for good at the recording's end, to be looked at until the next call; empty if the
     * recording ends while the machine could go on.
     */
    Optional<Machine> ended() throws IOException, RefusedException {
        Timeline t = timeline();
        long end = t.trace().endPosition();
        if (last(
                        Events.Kind.END,
                        Event.End.class,
                        end + 1,
                        e -> !e.explanation().isEmpty())
                .isEmpty()) {
            return Optional.empty();
        }
        t.restore(t.trace().map().checkpointAt(Math.max(0, end - 1))); // what stopped it is yet to happen
        if (t.position() < end) {
            t.run(end);
        }
        Machine machine = t.machine();
        while (machine.position() == end && machine.explanation().isEmpty()) {
            machine.step();
        }
        return Optional.of(machine).filter(m -> !m.explanation().isEmpty());
    }

    /** The last write by an instruction to physical bytes, in front of a position. */
    Optional<WriteSearch.Write> lastWrite(long physical, int size, long limit) throws IOException, RefusedException {
        return new WriteSearch(timeline(), physical, size).last(limit);
    }

    /** The first one. */
    Optional<WriteSearch.Write> firstWrite(long physical, int size, long limit) throws IOException, RefusedException {
        return new WriteSearch(timeline(), physical, size).first(limit);
    }

    /** The last event of a sort in front of a position that is as wanted; chunks without that sort are not read. */
    <E extends Event> Optional<E> last(Events.Kind kind, Class<E> type, long limit, Predicate<E> wanted)
            throws IOException, RefusedException {
        TraceReader trace = guest.trace().orElseThrow();
        int chunk = Math.min(trace.map().firstChunkReaching(limit), trace.chunkCount() - 1);
        for (; chunk >= 0; chunk--) {
            if (kind.count(trace.events(chunk)) == 0) {
                continue;
            }
            E found = null;
            EventDecoder events = trace.envelope(chunk).events();
            for (Event e = events.next(); e != null && e.position() < limit; e = events.next()) {
                if (type.isInstance(e) && wanted.test(type.cast(e))) {
                    found = type.cast(e);
                }
            }
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }
}
