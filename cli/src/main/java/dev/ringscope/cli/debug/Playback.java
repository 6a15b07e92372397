package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A recording's machine at any moment. On its way to a moment it leaves marks behind, at distances that grow by a
 * factor, so that the moments before are a short way from one of them; the last few it keeps one by one.
 */
final class Playback {
    /** A run to a moment was ended by {@link Machine#interrupt}; the machine stands on the way. */
    static final class Interrupted extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** Where marks are left in front of a moment: so many instructions, the farthest first. */
    private static final long[] DISTANCES = {1 << 21, 1 << 17, 1 << 13, 1 << 9};

    /** So many instructions in front of the present every step gets its own mark. */
    private static final int SINGLE = 32;

    /** @param next the moment one step later, if that is known; else null */
    private record Mark(Moment moment, EventCounts.Counts counts, Moment next) {}

    private final TraceReader trace;
    private final Timeline timeline;
    private final MachineRunner runner;
    private final RecordedHistory history;
    private final EventCounts counts = new EventCounts();
    private final PhysicalStops physicalStops;
    private final EventStops eventStops;
    private final List<Mark> marks = new ArrayList<>();

    /** At the beginning; what stops it beside gdb's own breakpoints is asked whenever it runs for gdb. */
    Playback(TraceReader trace, PhysicalStops physicalStops, EventStops eventStops) throws IOException {
        this(trace, 0, physicalStops, eventStops);
    }

    /** The same at a position: what lies in front of its checkpoint is not restored first. */
    Playback(TraceReader trace, long start, PhysicalStops physicalStops, EventStops eventStops) throws IOException {
        this.physicalStops = physicalStops;
        this.eventStops = eventStops;
        counts.heed(eventStops);
        this.trace = trace;
        timeline = new Timeline(trace, Detail.FLOW);
        timeline.setListener(counts);
        history = new RecordedHistory(trace, () -> counts.at(machine().position()));
        runner = new MachineRunner(timeline.machine(), physicalStops, eventStops);
        restore(checkpoint(start));
        seek(start);
    }

    Machine machine() {
        return timeline.machine();
    }

    MachineRunner runner() {
        return runner;
    }

    RecordedHistory history() {
        return history;
    }

    TraceReader trace() {
        return trace;
    }

    PhysicalStops physicalStops() {
        return physicalStops;
    }

    EventStops eventStops() {
        return eventStops;
    }

    long end() {
        return trace.endPosition();
    }

    /** Which moment this is. */
    Moment now() {
        long position = machine().position();
        return new Moment(position, counts.at(position).traps());
    }

    /** The last checkpoint at or before a position. */
    int checkpoint(long position) {
        return trace.map().checkpointAt(position);
    }

    long checkpointPosition(int checkpoint) {
        return trace.map().checkpoints().get(checkpoint).position();
    }

    /** The trace has become longer. */
    void grown() throws IOException {
        timeline.grown();
    }

    private void restore(int checkpoint) throws IOException {
        timeline.restore(checkpoint);
        counts.set(new EventCounts.Counts(machine().position(), 0, 0));
        marks.clear();
        mark();
    }

    // ---- marks ------------------------------------------------------------------------------------------------------

    /** Leaves a mark at the present moment, from which it is near at once. */
    void mark() {
        int last = latestMark();
        if (last >= 0 && !marks.get(last).moment.before(now())) {
            return;
        }
        timeline.mark();
        marks.add(new Mark(now(), counts.at(machine().position()), null));
    }

    /** Removes a mark, unless it is the earliest. */
    void unmark(Moment moment) {
        for (int i = latestMark(); i > 0; i--) {
            if (marks.get(i).moment.equals(moment)) {
                timeline.unmark(i);
                marks.remove(i);
            }
        }
    }

    private int latestMark() {
        if (timeline.marks() == 0) {
            marks.clear();
        }
        return marks.size() - 1;
    }

    /** The last mark at or in front of a moment, -1 if there is none. */
    private int markAt(Moment moment) {
        int i = latestMark();
        while (i >= 0 && moment.before(marks.get(i).moment)) {
            i--;
        }
        return i;
    }

    private void rewind(int mark) {
        Mark target = marks.get(mark);
        timeline.rewind(mark);
        counts.set(target.counts);
        marks.subList(mark + 1, marks.size()).clear();
    }

    // ---- going somewhere --------------------------------------------------------------------------------------------

    /** Goes to a position, behind the interrupts that were taken there. */
    void seek(long position) throws IOException {
        machine().forgetInterrupt();
        try {
            approach(Moment.first(position));
            run(position);
        } catch (Interrupted e) {
            throw new IllegalStateException("nobody interrupts a seek", e);
        }
    }

    /** Goes to a moment; false if the wish for an end came on the way, where the machine stands then. */
    boolean go(Moment moment, Interrupt interrupt) throws IOException {
        machine().forgetInterrupt();
        interrupt.onRequest(machine()::interrupt);
        try {
            go(moment);
            return true;
        } catch (Interrupted e) {
            return false;
        }
    }

    /** Goes to a moment. */
    void go(Moment moment) throws IOException, Interrupted {
        approach(moment);
        run(moment.position() - 1);
        while (now().before(moment)) {
            step();
        }
        if (!now().equals(moment)) {
            throw new DivergenceException(trace.file(), moment.position(), "re-execution does not come to " + moment);
        }
    }

    /** Comes near a moment, in front of it or to it, on the shortest way, with marks on the last part. */
    private void approach(Moment moment) throws IOException, Interrupted {
        runner.disarm();
        int checkpoint = checkpoint(moment.position());
        Moment restored = Moment.first(checkpointPosition(checkpoint));
        int mark = markAt(moment);
        Moment best = mark >= 0 && !marks.get(mark).moment.before(restored) ? marks.get(mark).moment : restored;
        if (moment.before(now()) || now().before(best)) {
            if (best == restored) {
                restore(checkpoint);
            } else {
                rewind(mark);
            }
        }
        for (long distance : DISTANCES) {
            if (machine().position() < moment.position() - distance) {
                run(moment.position() - distance);
                mark();
            }
        }
    }

    /** Runs on to a position, unless it stands there or behind. */
    private void run(long position) throws Interrupted {
        if (machine().position() >= position) {
            return;
        }
        StopReason reason = machine().run(position);
        if (reason == StopReason.INTERRUPTED) {
            throw new Interrupted();
        }
        if (machine().position() != position) {
            throw new DivergenceException(
                    trace.file(),
                    machine().position(),
                    "the machine stopped (%s) before position %d".formatted(reason, position));
        }
    }

    private void step() throws Interrupted {
        if (machine().step() == Machine.Step.STOPPED) {
            if (machine().cpu().stop == null) {
                throw new Interrupted();
            }
            throw new DivergenceException(
                    trace.file(), machine().position(), "the machine stopped, and the recording goes on");
        }
    }

    /** One step back; false at the beginning. */
    boolean stepBack() throws IOException, Interrupted {
        Moment present = now();
        if (present.equals(Moment.first(0))) {
            return false;
        }
        int mark = markAt(present);
        if (mark >= 0 && marks.get(mark).moment.equals(present)) {
            mark--; // what is wanted lies in front of it
        }
        if (mark >= 0 && present.equals(marks.get(mark).next)) {
            rewind(mark);
            return true;
        }
        Moment near = Moment.first(Math.max(0, present.position() - SINGLE));
        if (mark < 0 || marks.get(mark).moment.before(near)) {
            go(near);
        } else {
            rewind(mark);
        }
        while (now().before(present)) {
            mark();
            int last = latestMark();
            step();
            Mark left = marks.get(last);
            marks.set(last, new Mark(left.moment, left.counts, now()));
        }
        rewind(latestMark());
        return true;
    }
}
