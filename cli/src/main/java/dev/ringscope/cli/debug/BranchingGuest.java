package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.UnansweredException;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.trace.Branch;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.TraceRecorder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A recorded guest that gdb may let take another course: from any moment of the recording a new one branches off, whose
 * machine lives. The recording that was left is not changed, and nobody goes back to it in the same session.
 */
public final class BranchingGuest implements Guest, Closeable {
    private Guest guest;
    private final Function<Detail, RecordingOptions> recording;
    /** What the branch is recorded by; null before there is one. */
    private TraceRecorder recorder;

    private LiveGuest live;
    private RecordingGuest branch;

    /**
     * @param guest the recorded one
     * @param recording how a branch is recorded, in the detail of the recording that it leaves
     */
    public BranchingGuest(Guest guest, Function<Detail, RecordingOptions> recording) {
        this.guest = guest;
        this.recording = recording;
    }

    @Override
    public void branch(Path file) throws RefusedException {
        if (recorder != null) {
            throw new RefusedException("this is a branch already: leave gdb, and open its file to branch again");
        }
        TraceReader trace = guest.trace().orElseThrow(() -> new RefusedException("this guest is not recorded"));
        try {
            RecordingOptions options = recording.apply(trace.detail());
            follow(leave(trace, file, options), options);
        } catch (FileAlreadyExistsException e) {
            throw new RefusedException(file + ": there is such a file, and it is not overwritten");
        } catch (IOException | DivergenceException | TraceFormatException e) {
            throw new RefusedException("no branch to " + file + ": " + e.getMessage());
        } catch (OutOfMemoryError e) {
            throw new RefusedException("a branch needs a second machine, and Java's heap has no room for it:"
                    + " start with RINGSCOPE_JAVA_OPTS=-Xmx...");
        }
    }

    /** A machine that stands where gdb's does, with the history recorded. */
    private Branch leave(TraceReader trace, Path file, RecordingOptions options) throws IOException, RefusedException {
        Machine here = guest.machine();
        long position = here.position();
        Branch found = Branch.at(trace, Math.max(0, position - 1), file, options);
        Machine there = found.machine();
        while (there.position() < position || there.position() == position && !sameMoment(there, here)) {
            if (there.step() == Machine.Step.STOPPED) {
                break;
            }
        }
        if (there.position() != position || !sameMoment(there, here)) {
            found.abandon();
            throw new RefusedException("no branch leaves here, where the machine has stopped for good: go back a step");
        }
        return found;
    }

    private static boolean sameMoment(Machine one, Machine other) {
        return one.cpu().pcLinear() == other.cpu().pcLinear()
                && one.cpu().r[4] == other.cpu().r[4]
                && one.cpu().cpl == other.cpu().cpl;
    }

    private void follow(Branch found, RecordingOptions options) throws IOException {
        recorder = found.leave();
        Machine machine = found.machine();
        RecentEvents recent = new RecentEvents(recorder, guest.history().trapCounts());
        machine.setRecorder(recent);
        machine.setChunkEnd(machine.position() + options.chunkInstructions());
        live = new LiveGuest(machine, recent, Long.MAX_VALUE, guest.physicalStops(), guest.eventStops());
        branch = new RecordingGuest(live, recorder);
        guest = branch;
    }

    /** Ends the branch's recording in good order. */
    @Override
    public void close() throws IOException {
        if (recorder == null) {
            return;
        }
        Machine machine = live.machine();
        StopReason reason = live.lastReason();
        machine.end(reason);
        recorder.finish(
                machine.state(),
                reason == StopReason.EXIT ? OptionalInt.of(machine.exitStatus()) : OptionalInt.empty());
        branch.close();
    }

    @Override
    public Machine machine() {
        return guest.machine();
    }

    @Override
    public Stop forwards(Resume how) throws RefusedException {
        try {
            return guest.forwards(how);
        } catch (UnansweredException unanswered) {
            throw new RefusedException("it cannot go on: " + unanswered.getMessage());
        }
    }

    @Override
    public boolean reversible() {
        return guest.reversible();
    }

    @Override
    public Stop backwards(Resume how) throws RefusedException {
        return guest.backwards(how);
    }

    @Override
    public void checkWritable() throws RefusedException {
        guest.checkWritable();
    }

    @Override
    public History history() {
        return guest.history();
    }

    @Override
    public PhysicalStops physicalStops() {
        return guest.physicalStops();
    }

    @Override
    public EventStops eventStops() {
        return guest.eventStops();
    }

    @Override
    public Optional<TraceReader> trace() throws RefusedException {
        return guest.trace();
    }

    @Override
    public long end() {
        return guest.end();
    }

    @Override
    public void seek(long position) throws RefusedException {
        guest.seek(position);
    }

    @Override
    public boolean live() {
        return guest.live();
    }
}
