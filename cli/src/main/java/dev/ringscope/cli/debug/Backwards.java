package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import java.io.IOException;
import java.util.Map;

/**
 * Running a recording backwards. The time before the present is searched in spans, the latest first: each is played
 * forwards, and the last stop on the way is the one that a run backwards meets first. Spans begin short, because what
 * is looked for is often near, and end at checkpoints; chunks that cannot hold a stop are not looked through.
 */
final class Backwards {
    /** Where the first spans begin, in instructions before the present. */
    private static final long[] NEAR = {1 << 12, 1 << 16, 1 << 20};

    /** The last stop met so far in a span: where, why, and whether behind what caused it; null if none was. */
    private record Found(Moment moment, Stop stop, boolean behind) {}

    private final Playback playback;

    Backwards(Playback playback) {
        this.playback = playback;
    }

    Stop step(Resume how) throws IOException {
        playback.machine().forgetInterrupt();
        how.interrupt().onRequest(playback.machine()::interrupt);
        try {
            return new BackwardStep(playback, how).take();
        } catch (Playback.Interrupted e) {
            return new Stop.Interrupted(MachineThread.ID);
        }
    }

    Stop run(Resume how) throws IOException {
        playback.machine().forgetInterrupt();
        how.interrupt().onRequest(playback.machine()::interrupt);
        try {
            return search(how);
        } catch (Playback.Interrupted e) {
            return new Stop.Interrupted(MachineThread.ID);
        }
    }

    private Stop search(Resume how) throws IOException, Playback.Interrupted {
        Moment start = playback.now();
        CandidateChunks candidates = new CandidateChunks(
                playback.trace(), how.breakpoints(), playback.physicalStops(), playback.eventStops());
        Moment end = start;
        for (long distance : NEAR) {
            long from = start.position() - distance;
            if (from > 0) {
                Found found = play(how, Moment.first(from), end, candidates);
                if (found != null) {
                    return arrive(found);
                }
                end = Moment.first(from);
            }
        }
        while (!end.equals(Moment.first(0))) {
            long from = candidates.checkpointBefore(end.position());
            Found found = play(how, Moment.first(from), end, candidates);
            if (found != null) {
                return arrive(found);
            }
            end = Moment.first(from);
        }
        playback.go(end);
        return new Stop.ReplayLogBegin(MachineThread.ID);
    }

    private Stop arrive(Found found) throws IOException, Playback.Interrupted {
        playback.go(found.moment);
        if (found.behind) {
            playback.stepBack(); // gdb wants to stand in front of the instruction that touched the bytes
        }
        return found.stop;
    }

    /** Plays what can hold a stop between two moments, and finds the last one. */
    private Found play(Resume how, Moment from, Moment end, CandidateChunks candidates)
            throws IOException, Playback.Interrupted {
        Found found = null;
        Moment at = candidates.next(from, end, how.interrupt());
        while (at != null) {
            playback.go(at);
            playback.mark();
            long limit = candidates.end(at, end);
            Found later = search(how, limit, end);
            if (later == null) {
                playback.unmark(at);
            } else {
                found = later;
            }
            at = limit == end.position() ? null : candidates.next(Moment.first(limit), end, how.interrupt());
        }
        return found;
    }

    /** Plays on to a position, and finds the last stop in front of the end. */
    private Found search(Resume how, long limit, Moment end) throws Playback.Interrupted {
        Found found = null;
        if (startsAtBreakpoint(how) && playback.now().before(end)) {
            found = new Found(playback.now(), playback.runner().breakpoint(), false);
        }
        while (playback.now().before(end)) {
            Stop stop = forwards(how, limit);
            Moment now = playback.now();
            if (stop instanceof Stop.Interrupted) {
                throw new Playback.Interrupted();
            }
            boolean behind = playback.runner().behind();
            if (isStop(stop) && (behind ? !end.before(now) : now.before(end))) {
                found = keep(found, new Found(now, stop, behind));
            } else {
                break;
            }
        }
        return limit == end.position() ? last(how, end, found) : found;
    }

    /** The faults and interrupts at the end's own position, one by one. */
    private Found last(Resume how, Moment end, Found before) {
        Found found = before;
        while (playback.now().before(end)) {
            Moment here = playback.now();
            boolean breakpoint = startsAtBreakpoint(how);
            Stop inFront = playback.runner().breakpoint();
            Machine.Step step = playback.runner().stepOver();
            if (breakpoint && step != Machine.Step.INTERRUPTED) {
                found = keep(found, new Found(here, inFront, false));
            }
            Stop behind = playback.runner().takeBehind();
            if (behind != null) {
                found = keep(found, new Found(playback.now(), behind, true));
            }
            if (step == Machine.Step.STOPPED) {
                break;
            }
        }
        return found;
    }

    /** The latest stop is marked, as it is the one to go to unless a later one comes. */
    private Found keep(Found before, Found found) {
        if (playback.now().equals(found.moment)) {
            if (before != null) {
                playback.unmark(before.moment);
            }
            playback.mark();
        }
        return found;
    }

    /** Something to stop at, rather than the end of the way or of the guest. */
    private static boolean isStop(Stop stop) {
        return stop instanceof Stop.Breakpoint
                || stop instanceof Stop.Watch
                || stop instanceof Stop.Signalled s && s.signal() == Signal.SIGTRAP;
    }

    private boolean startsAtBreakpoint(Resume how) {
        return playback.runner().atBreakpoint(how.breakpoints());
    }

    private Stop forwards(Resume how, long limit) {
        return playback.runner().resume(new Resume(Map.of(), how.breakpoints(), true, how.interrupt()), limit);
    }
}
