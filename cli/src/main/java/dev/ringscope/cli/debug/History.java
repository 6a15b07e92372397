package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What has happened up to now, as {@code monitor} tells it. */
public interface History {
    /** The last ring changes, oldest first. @param count at most so many */
    List<Event.RingChange> rings(int count) throws IOException;

    /** The last exceptions and interrupts, oldest first. @param count at most so many */
    List<Event.Trap> traps(int count) throws IOException;

    /** All exceptions and interrupts from power-on up to now, counted. */
    TrapCounts trapCounts() throws IOException;

    /** The last change of a page-table entry, as far as it is remembered. @param entry its physical address */
    default Optional<Event.TableUpdate> lastUpdate(long entry) {
        return Optional.empty();
    }

    /** That of a live machine. */
    static History of(RecentEvents recent) {
        return new History() {
            @Override
            public List<Event.RingChange> rings(int count) {
                return last(recent.rings(), count);
            }

            @Override
            public List<Event.Trap> traps(int count) {
                return last(recent.traps(), count);
            }

            @Override
            public TrapCounts trapCounts() {
                return recent.trapCounts();
            }

            @Override
            public Optional<Event.TableUpdate> lastUpdate(long entry) {
                return recent.lastUpdate(entry);
            }
        };
    }

    static <E> List<E> last(List<E> events, int count) {
        return events.subList(Math.max(0, events.size() - count), events.size());
    }
}
