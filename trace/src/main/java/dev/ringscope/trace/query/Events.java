package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.trace.TraceReader;
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

    /** @param kinds the sorts wanted; none: all */
    public static void list(TraceReader trace, Set<Kind> kinds, Range range, Answers<Event> answers)
            throws IOException {
        Set<Kind> wanted = kinds.isEmpty() ? EnumSet.allOf(Kind.class) : kinds;
        Answers<Event> limited = range.limit(answers);
        for (int i = trace.map().firstChunkReaching(range.from()); i < trace.chunkCount(); i++) {
            EventCounts counts = trace.summary(i).getEventCounts();
            if (wanted.stream().anyMatch(kind -> kind.count(counts) > 0)
                    && !chunk(trace.envelope(i).events(), wanted, range.from(), limited)) {
                return;
            }
        }
    }

    private static boolean chunk(EventDecoder events, Set<Kind> wanted, long from, Answers<Event> answers)
            throws IOException {
        for (Event event = events.next(); event != null; event = events.next()) {
            Event found = event;
            boolean right = event.position() >= from && wanted.stream().anyMatch(kind -> kind.type.isInstance(found));
            if (right && !answers.take(event)) {
                return false;
            }
        }
        return true;
    }

    /** The same for a single sort. */
    static <E extends Event> void list(TraceReader trace, Kind kind, Class<E> type, Range range, Answers<E> answers)
            throws IOException {
        list(trace, EnumSet.of(kind), range, event -> answers.take(type.cast(event)));
    }
}
