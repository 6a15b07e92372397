package dev.ringscope.cli.debug;

import dev.ringscope.cli.debug.Playback.Moment;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import java.io.IOException;
import java.util.Map;

/**
 * Running a recording backwards: from each checkpoint before the present, latest first, it is played forwards up to
 * where the last segment began, and the last place where it stopped on the way is the one that a run backwards meets
 * first.
 */
final class Backwards {
    private final Playback playback;

    Backwards(Playback playback) {
        this.playback = playback;
    }

    Stop step() throws IOException {
        return playback.stepBack() ? new Stop.StepDone(MachineThread.ID) : new Stop.ReplayLogBegin(MachineThread.ID);
    }

    Stop run(Resume how) throws IOException {
        Moment start = playback.now();
        if (earlierMoment(how, start)) {
            return new Stop.Breakpoint(
                    MachineThread.ID, playback.machine().cpu().pcLinear());
        }
        Moment end = start;
        int checkpoint = playback.checkpoint(Math.max(0, start.position() - 1));
        while (true) {
            playback.restore(checkpoint);
            long from = playback.machine().position();
            int last = lastStop(how, end);
            if (how.interrupt().requested()) {
                playback.go(start);
                return new Stop.Interrupted(MachineThread.ID);
            }
            if (last >= 0) {
                playback.restore(checkpoint);
                return replay(how, last, end.position());
            }
            if (from == 0) {
                playback.restore(0);
                return new Stop.ReplayLogBegin(MachineThread.ID);
            }
            end = new Moment(from, 0);
            checkpoint = playback.checkpoint(from - 1);
        }
    }

    /** Goes to the latest of the earlier moments of the same position that is at a breakpoint, if there is one. */
    private boolean earlierMoment(Resume how, Moment start) throws IOException {
        for (int index = start.index() - 1; index >= 0; index--) {
            playback.go(new Moment(start.position(), index));
            if (startsAtBreakpoint(how)) {
                return true;
            }
        }
        return false;
    }

    /** How many stops lie between here and the end, less one; the restored instruction itself counts. */
    private int lastStop(Resume how, Moment end) throws IOException {
        int count = startsAtBreakpoint(how) ? 0 : -1;
        Stop stop = forwards(how, end.position());
        while (isOnTheWay(stop, end.position()) && !how.interrupt().requested()) {
            count++;
            stop = forwards(how, end.position());
        }
        return count;
    }

    /** A watched byte stops behind the instruction that touched it, and that may be the last one. */
    private boolean isOnTheWay(Stop stop, long end) {
        return stop != null && (playback.machine().position() < end || stop instanceof Stop.Watch);
    }

    private boolean startsAtBreakpoint(Resume how) {
        return how.breakpoints().at(playback.machine().cpu().pcLinear());
    }

    private Stop forwards(Resume how, long limit) {
        return playback.runner().resume(new Resume(Map.of(), how.breakpoints(), true, how.interrupt()), limit);
    }

    private Stop replay(Resume how, int last, long limit) throws IOException {
        Stop stop =
                new Stop.Breakpoint(MachineThread.ID, playback.machine().cpu().pcLinear());
        int count = startsAtBreakpoint(how) ? 0 : -1;
        while (count < last) {
            stop = forwards(how, limit);
            count++;
        }
        if (stop instanceof Stop.Watch) {
            playback.stepBack();
        }
        return stop;
    }
}
