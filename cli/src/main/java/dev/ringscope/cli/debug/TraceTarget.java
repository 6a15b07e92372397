package dev.ringscope.cli.debug;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Restart;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.ReverseExecution;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.TargetDescription;
import dev.ringscope.gdbstub.X86Description;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recording under gdb: the machine of any moment, restored from the trace and re-executed; nothing of it can be
 * changed.
 */
public final class TraceTarget implements Target {
    private final TraceReader trace;
    private final Playback playback;
    private final PhysicalSpace physical;
    private final GuestThread thread;
    private final TargetDescription description = X86Description.machine();

    /** @param start where it stands at first, from 0 to the trace's end */
    public TraceTarget(TraceReader trace, long start) throws IOException {
        this.trace = trace;
        playback = new Playback(trace);
        physical = new PhysicalSpace(playback.machine(), MachineRegisters.READ_ONLY);
        thread = new MachineThread(
                playback.machine(),
                new MachineRegisters(playback.machine(), MachineRegisters.READ_ONLY),
                new LinearMemory(playback.machine(), physical));
        playback.seek(start);
    }

    @Override
    public TargetDescription description() {
        return description;
    }

    @Override
    public List<GuestThread> threads() {
        return List.of(thread);
    }

    @Override
    public Stop resume(Resume how) throws RefusedException {
        return moving(() -> forwards(how));
    }

    private Stop forwards(Resume how) {
        if (playback.machine().position() >= playback.end()) {
            return new Stop.ReplayLogEnd(MachineThread.ID);
        }
        Stop stop = playback.runner().resume(how, playback.end());
        boolean ended = stop == null
                || stop instanceof Stop.Exited
                || stop instanceof Stop.Terminated
                || stop instanceof Stop.Signalled;
        return ended ? new Stop.ReplayLogEnd(MachineThread.ID) : stop;
    }

    @Override
    public Optional<ReverseExecution> reverse() {
        Backwards backwards = new Backwards(playback);
        return Optional.of(how -> moving(() -> how.stepping().isPresent() ? backwards.step() : backwards.run(how)));
    }

    private interface Move {
        Stop make() throws IOException;
    }

    private static Stop moving(Move move) throws RefusedException {
        try {
            return move.make();
        } catch (IOException | DivergenceException e) {
            throw new RefusedException("the recording cannot be played on: " + e.getMessage());
        }
    }

    @Override
    public Optional<Memory> physicalMemory() {
        return Optional.of(physical);
    }

    @Override
    public Optional<Restart> restart() {
        return Optional.of(
                arguments -> SeekCommand.seek(trace, playback, arguments.isEmpty() ? "start" : arguments.getFirst()));
    }

    @Override
    public List<MonitorCommand> monitorCommands() {
        List<MonitorCommand> commands = new ArrayList<>(MachineCommands.of(playback.machine(), playback.history()));
        commands.add(new SeekCommand(trace, playback));
        return commands;
    }
}
