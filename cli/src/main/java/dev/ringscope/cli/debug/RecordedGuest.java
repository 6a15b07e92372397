package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.util.Optional;

/** A recording: the machine of any moment, restored from the trace and re-executed; nothing of it can be changed. */
public final class RecordedGuest implements Guest {
    private final Playback playback;
    private final Backwards backwards;

    /** @param start where it stands at first, from 0 to the trace's end */
    public RecordedGuest(TraceReader trace, long start) throws IOException {
        this(trace, start, new PhysicalStops(), new EventStops());
    }

    /** One that shares what stops it with another guest. */
    RecordedGuest(TraceReader trace, long start, PhysicalStops physicalStops, EventStops eventStops)
            throws IOException {
        playback = new Playback(trace, start, physicalStops, eventStops);
        backwards = new Backwards(playback);
    }

    private interface Move<T> {
        T make() throws IOException, Playback.Interrupted;
    }

    private static <T> T moving(Move<T> move) throws RefusedException {
        try {
            return move.make();
        } catch (IOException | DivergenceException e) {
            throw new RefusedException("the recording cannot be played on: " + e.getMessage());
        } catch (Playback.Interrupted e) {
            throw new RefusedException("interrupted on the way");
        }
    }

    @Override
    public Machine machine() {
        return playback.machine();
    }

    @Override
    public Stop forwards(Resume how) throws RefusedException {
        return moving(() -> {
            if (playback.machine().position() >= playback.end()) {
                return new Stop.ReplayLogEnd(MachineThread.ID);
            }
            Stop stop = playback.runner().resume(how, playback.end());
            boolean ended = stop == null
                    || stop instanceof Stop.Exited
                    || stop instanceof Stop.Terminated
                    || stop instanceof Stop.Signalled s && s.signal() != Signal.SIGTRAP;
            return ended ? new Stop.ReplayLogEnd(MachineThread.ID) : stop;
        });
    }

    /** Which moment this is. */
    Moment now() {
        return playback.now();
    }

    /** Goes to a moment; false if the wish for an end came on the way. */
    boolean go(Moment moment, Interrupt interrupt) throws RefusedException {
        return moving(() -> playback.go(moment, interrupt));
    }

    /** The recording goes on, and has become longer. */
    void grown() throws IOException {
        playback.grown();
    }

    @Override
    public boolean reversible() {
        return true;
    }

    @Override
    public Stop backwards(Resume how) throws RefusedException {
        return moving(() -> how.stepping().isPresent() ? backwards.step(how) : backwards.run(how));
    }

    @Override
    public void checkWritable() throws RefusedException {
        throw new RefusedException(
                "this is a recording: it cannot be changed; monitor branch FILE begins one that can");
    }

    @Override
    public History history() {
        return playback.history();
    }

    @Override
    public PhysicalStops physicalStops() {
        return playback.physicalStops();
    }

    @Override
    public EventStops eventStops() {
        return playback.eventStops();
    }

    @Override
    public Optional<TraceReader> trace() {
        return Optional.of(playback.trace());
    }

    @Override
    public long end() {
        return playback.end();
    }

    @Override
    public void seek(long position) throws RefusedException {
        moving(() -> {
            playback.seek(position);
            return null;
        });
    }

    @Override
    public boolean live() {
        return false;
    }
}
