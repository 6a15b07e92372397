package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Breakpoints on what the machine tells its recorder: a ring change, a vector, a write of CR3. A run stops behind the
 * instruction, or the delivery, that caused the first event that matches. {@link MachineRunner} arms them while gdb
 * lets the guest run, so that events told on the way to somewhere else stop nothing.
 */
public final class EventStops {
    /**
     * One of them.
     *
     * @param number counted from 1, never used again
     * @param what the events that it stops at, in the words that set it
     * @param kind what sort of events that can be
     */
    public record Entry(int number, String what, Events.Kind kind, Predicate<Event> matches) {
        @Override
        public String toString() {
            return "event breakpoint %d on %s".formatted(number, what);
        }
    }

    /** The event that ended a run. */
    record Hit(Entry entry, Event event) {}

    private final List<Entry> entries = new ArrayList<>();
    private int lastNumber;
    private Runnable stopper;
    private Hit hit;

    public Entry add(String what, Events.Kind kind, Predicate<Event> matches) {
        Entry entry = new Entry(++lastNumber, what, kind, matches);
        entries.add(entry);
        return entry;
    }

    /** Takes one away; false if there is none of that number. */
    public boolean remove(int number) {
        return entries.removeIf(e -> e.number == number);
    }

    public void clear() {
        entries.clear();
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether there may be something to stop at where there are so many events of each sort. */
    boolean mayHappen(dev.ringscope.proto.trace.v1.EventCounts counts) {
        return entries.stream().anyMatch(e -> e.kind.count(counts) > 0);
    }

    /** From now on the first event that matches is kept. @param onHit ends the run; on the guest's thread */
    void arm(Runnable onHit) {
        stopper = onHit;
        hit = null;
    }

    /** From now on nothing matches. @return what was met since {@link #arm}, or null */
    Hit disarm() {
        stopper = null;
        Hit met = hit;
        hit = null;
        return met;
    }

    /** The machine told this. */
    void told(Event event) {
        if (stopper == null || hit != null) {
            return;
        }
        for (Entry entry : entries) {
            if (entry.matches.test(event)) {
                hit = new Hit(entry, event);
                stopper.run();
                return;
            }
        }
    }
}
