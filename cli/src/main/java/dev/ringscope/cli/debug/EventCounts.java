package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;

/** Counts what has happened at the position where a machine stands. */
final class EventCounts implements Recorder.OfEvents {
    /** @param position the counts are those of this position */
    record Counts(long position, int traps, int rings) {}

    private Counts counts = new Counts(0, 0, 0);
    private EventStops stops = new EventStops();

    /** From now on these are asked about every event. */
    void heed(EventStops newStops) {
        stops = newStops;
    }

    /** Time has jumped. */
    void set(Counts restored) {
        counts = restored;
    }

    /** The counts of a position at or behind all events so far. */
    Counts at(long position) {
        return counts.position == position ? counts : new Counts(position, 0, 0);
    }

    @Override
    public void event(Event event) {
        if (event instanceof Event.Trap || event instanceof Event.RingChange) {
            Counts so = at(event.position());
            counts = event instanceof Event.Trap
                    ? new Counts(so.position, so.traps + 1, so.rings)
                    : new Counts(so.position, so.traps, so.rings + 1);
        }
        stops.told(event);
    }
}
