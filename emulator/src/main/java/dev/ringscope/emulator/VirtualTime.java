package dev.ringscope.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The machine's only clock, in nanoseconds since power-on: one per retired instruction, and what HLT skipped. Timers
 * fire between two instructions, at the first position whose time has reached them, the earliest first and equals in
 * the order in which they were made; so a run depends on nothing outside the machine.
 */
public final class VirtualTime {
    /** A deadline that a device sets again and again. */
    public final class Timer {
        private final String name;
        private final Runnable action;
        private long deadline = Long.MAX_VALUE;

        private Timer(String name, Runnable action) {
            this.name = name;
            this.action = action;
        }

        /** Fires once at that time (at once if it is past), instead of any time set before. */
        public void at(long nanoseconds) {
            deadline = nanoseconds;
            next = earliest();
            changed.run();
        }

        public void cancel() {
            at(Long.MAX_VALUE);
        }

        /** Long.MAX_VALUE when not set. */
        public long deadline() {
            return deadline;
        }

        @Override
        public String toString() {
            return name + "@" + deadline;
        }
    }

    private final LongSupplier position;
    private final Runnable changed;
    private final List<Timer> timers = new ArrayList<>();
    private long skipped;
    private long next = Long.MAX_VALUE;

    /**
     * @param position instructions retired so far
     * @param changed called when the next deadline may have changed
     */
    public VirtualTime(LongSupplier position, Runnable changed) {
        this.position = position;
        this.changed = changed;
    }

    public Timer timer(String name, Runnable action) {
        Timer timer = new Timer(name, action);
        timers.add(timer);
        return timer;
    }

    /** Nanoseconds since power-on. */
    public long now() {
        return position.getAsLong() + skipped;
    }

    /** The earliest deadline, Long.MAX_VALUE if there is none. */
    public long nextDeadline() {
        return next;
    }

    /** The position at which {@link #fire} has something to do, Long.MAX_VALUE if never. */
    public long nextPosition() {
        return next == Long.MAX_VALUE ? next : next - skipped;
    }

    /** HLT: time jumps to that moment, which must not be past. */
    public void skipTo(long nanoseconds) {
        skipped += Math.max(0, nanoseconds - now());
    }

    /** Runs every timer whose time has come. */
    public void fire() {
        while (next <= now()) {
            Timer due =
                    timers.stream().filter(t -> t.deadline == next).findFirst().orElseThrow();
            due.deadline = Long.MAX_VALUE;
            next = earliest();
            due.action.run();
        }
    }

    private long earliest() {
        long earliest = Long.MAX_VALUE;
        for (Timer timer : timers) {
            earliest = Math.min(earliest, timer.deadline);
        }
        return earliest;
    }

    public void save(StateOutput out) {
        out.put(skipped).put(timers.size());
        timers.forEach(timer -> out.put(timer.deadline));
    }

    public void load(StateInput in) {
        skipped = in.next();
        long count = in.next();
        if (count != timers.size()) {
            throw new IllegalArgumentException(
                    "the state has %d timers, this machine has %d".formatted(count, timers.size()));
        }
        timers.forEach(timer -> timer.deadline = in.next());
        next = earliest();
    }
}
