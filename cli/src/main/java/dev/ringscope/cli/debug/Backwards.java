package dev.ringscope.cli.debug;

import dev.ringscope.cli.debug.Playback.Moment;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import java.io.IOException;
import java.util.Map;

/**
 * Running a recording backwards: from each checkpoint before the present, latest first, it is played forwards up to where the last segment began, and the last
 * place where it stopped on the way is the one that a run backwards meets first.
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

    /** How many stops lie between here and the end, less one; the restored instruction itself counts. */
    private int lastStop(Resume how, Moment end) throws IOException {
        int count = startsAtBreakpoint(how) ? 0 : -1;
        Stop stop = forwards(how, end.position());
        while (stop != null && !how.interrupt().requested() && isBefore(end)) {
            count++;
            stop = forwards(how, end.position());
        }
        return count;
    }

    /** Only at the end's own position it matters which moment it is. */
    private boolean isBefore(Moment end) {
        return playback.machine().position() < end.position();
    }

    private boolean startsAtBreakpoint(Resume how) {
        return how.breakpoints().at(playback.machine().cpu().pcLinear());
    }

    private Stop forwards(Resume how, long limit) {
        return playback.runner().resume(new Resume(Map.of(), how.breakpoints(), true, how.interrupt()), limit);
    }

    private Stop replay(Resume how, int last, long limit) throws IOException {
        Stop stop = new Stop.Breakpoint(MachineThread.ID, playback.machine().cpu().pcLinear());
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
