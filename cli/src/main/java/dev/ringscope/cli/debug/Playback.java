package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/**
 * A recording's machine at any moment. Several moments can have the same position, because neither a faulting
 * instruction nor an interrupt retires: the first is where the instruction before has just retired, each further one a
 * {@link Machine#step} later.
 */
final class Playback {
    /** @param index counted from 0 among the moments of its position */
    record Moment(long position, int index) {
        boolean before(Moment other) {
            return position < other.position || position == other.position && index < other.index;
        }
    }

    /** What tells the moments of one position apart. */
    private record Signature(long pc, long stack, int ring) {}

    private final TraceReader trace;
    private final Timeline timeline;
    private final MachineRunner runner;
    private final RecordedHistory history;

    Playback(TraceReader trace) throws IOException {
        this.trace = trace;
        timeline = new Timeline(trace, Detail.FLOW);
        RecentEvents recent = new RecentEvents(Recorder.NONE);
        timeline.setListener(recent);
        history = new RecordedHistory(trace, recent);
        runner = new MachineRunner(timeline.machine());
        restore(0);
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

    long end() {
        return trace.endPosition();
    }

    /** The last checkpoint at or before a position. */
    int checkpoint(long position) {
        return trace.map().checkpointAt(position);
    }

    void restore(int checkpoint) throws IOException {
        runner.apply(Breakpoints.NONE);
        timeline.restore(checkpoint);
        history.restored(timeline.position());
    }

    /** Goes to a position, behind the interrupts that were taken there. */
    void seek(long position) throws IOException {
        int nearest = checkpoint(position);
        long from = trace.map().checkpoints().get(nearest).position();
        if (machine().position() > position || machine().position() < from) {
            restore(nearest);
        }
        runner.apply(Breakpoints.NONE);
        machine().forgetInterrupt();
        timeline.run(position);
    }

    void go(Moment moment) throws IOException {
        goToFirst(moment.position);
        for (int i = 0; i < moment.index; i++) {
            machine().step();
        }
    }

    /** The moment where the instruction before a position has just retired. */
    private void goToFirst(long position) throws IOException {
        if (position == 0) {
            restore(0);
            return;
        }
        restoreIfBehind(position - 1);
        seek(position - 1);
        while (machine().position() < position && machine().step() != Machine.Step.STOPPED) {
            continue;
        }
    }

    /** A machine that stands at the position may stand behind its first moments. */
    private void restoreIfBehind(long position) throws IOException {
        if (machine().position() >= position) {
            restore(checkpoint(position));
        }
    }

    /** Which moment this is. */
    Moment now() throws IOException {
        long position = machine().position();
        Signature wanted = signature();
        goToFirst(position);
        int index = 0;
        while (!signature().equals(wanted)) {
            if (machine().step() == Machine.Step.STOPPED || machine().position() != position) {
                throw new IllegalStateException("re-execution does not come to the same state at position " + position);
            }
            index++;
        }
        return new Moment(position, index);
    }

    private Signature signature() {
        return new Signature(
                machine().cpu().pcLinear(), machine().cpu().r[4], machine().cpu().cpl);
    }

    /** One step back; false at the beginning. */
    boolean stepBack() throws IOException {
        Moment now = now();
        if (now.index > 0) {
            go(new Moment(now.position, now.index - 1));
            return true;
        }
        if (now.position == 0) {
            return false;
        }
        goToFirst(now.position - 1);
        int steps = 0;
        while (machine().position() < now.position) {
            machine().step();
            steps++;
        }
        go(new Moment(now.position - 1, steps - 1));
        return true;
    }
}
