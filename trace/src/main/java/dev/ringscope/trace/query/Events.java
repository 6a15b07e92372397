package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.EventDecoder;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Which events of certain sorts happened? Chunks whose summary says that they hold none are not read. */
public final class Events {
    /** A sort of events. */
    public enum Kind {
        RING_CHANGE(Event.RingChange.class),
        TRAP(Event.Trap.class),
        TABLE_UPDATE(Event.TableUpdate.class),
        TRANSLATION_FLUSH(Event.TranslationFlush.class),
        SYSTEM_REGISTER_WRITE(Event.SystemRegisterWrite.class),
        PORT_ACCESS(Event.PortAccess.class),
        DEVICE_ACCESS(Event.DeviceAccess.class),
        INPUT(Event.Input.class),
        HALT(Event.Halt.class),
        END(Event.End.class);

        private final Class<? extends Event> type;

        Kind(Class<? extends Event> type) {
            this.type = type;
        }

        /** How many of them a chunk or trace holds. */
        public long count(EventCounts counts) {
            return switch (this) {
                case RING_CHANGE -> counts.getRingChanges();
                case TRAP -> counts.getTraps();
                case TABLE_UPDATE -> counts.getTableUpdates();
                case TRANSLATION_FLUSH -> counts.getTranslationFlushes();
                case SYSTEM_REGISTER_WRITE -> counts.getSystemRegisterWrites();
                case PORT_ACCESS -> counts.getPortAccesses();
                case DEVICE_ACCESS -> counts.getDeviceAccesses();
                case INPUT -> counts.getInputs();
                case HALT -> counts.getHalts();
                case END -> counts.getEnds();
            };
        }
    }

    private Events() {}

    /**
     * @param kinds the sorts wanted; none: all
     * @param filter its vectors hold for traps and ring changes, its addresses for page-table updates and flushes (what
     *     is translated), page faults (CR2) and device accesses (physical); a sort that has none of what is asked for
     *     is left out. An event's ring and translation root are those in front of it, its code is the instruction that
     *     caused or met it
     */
    public static void list(Recording recording, Set<Kind> kinds, Filter filter, Answers<Event> answers)
            throws IOException {
        TraceReader trace = recording.trace();
        Set<Kind> wanted = kinds.isEmpty() ? EnumSet.allOf(Kind.class) : kinds;
        Chunks.search(
                trace,
                filter.range(),
                i -> mayHold(trace, i, wanted, filter),
                (part, found) -> chunk(part, wanted, filter, found),
                answers);
    }

    private static boolean mayHold(TraceReader trace, int chunk, Set<Kind> wanted, Filter filter) {
        return wanted.stream().anyMatch(kind -> kind.count(trace.events(chunk)) > 0)
                && filter.mayHold(trace, chunk)
                && (filter.vectors().isEmpty()
                        || trace.summary(chunk).getVectorsList().stream().anyMatch(v -> filter.vector(v.getVector())));
    }

    private static boolean chunk(Chunks.Part part, Set<Kind> wanted, Filter filter, Answers<Event> found)
            throws IOException {
        ChunkEnvelope envelope = part.envelope();
        EventFilter right = new EventFilter(part, envelope.start(), filter);
        EventDecoder events = envelope.events();
        Looks looks = new Looks(found);
        for (Event event = events.next(); event != null; event = events.next()) {
            looks.piece();
            Event candidate = event;
            if (right.holds(event)
                    && wanted.stream().anyMatch(kind -> kind.type.isInstance(candidate))
                    && !found.take(event)) {
                return false;
            }
        }
        return true;
    }

    /** The same for a single sort. */
    static <E extends Event> void list(Recording recording, Kind kind, Class<E> type, Filter filter, Answers<E> answers)
            throws IOException {
        list(recording, EnumSet.of(kind), filter, new Answers<Event>() {
            @Override
            public boolean take(Event event) throws IOException {
                return answers.take(type.cast(event));
            }

            @Override
            public void check() {
                answers.check();
            }
        });
    }
}
