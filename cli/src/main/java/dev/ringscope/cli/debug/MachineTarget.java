package dev.ringscope.cli.debug;

import dev.ringscope.cli.debug.monitor.MachineCommands;
import dev.ringscope.cli.debug.monitor.Seek;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Kill;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Restart;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.ReverseExecution;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.TargetDescription;
import dev.ringscope.gdbstub.TraceFrames;
import dev.ringscope.gdbstub.X86Description;
import java.util.List;
import java.util.Optional;

/** The whole machine under gdb: its processor is the one thread. */
public final class MachineTarget implements Target {
    private final Guest guest;
    private final PhysicalSpace physical;
    private final GuestThread thread;
    private final TargetDescription description = X86Description.machine();
    private final List<MonitorCommand> commands;

    public MachineTarget(Guest guest) {
        this.guest = guest;
        physical = new PhysicalSpace(guest::machine, guest::checkWritable);
        thread = new MachineThread(
                guest::machine,
                new MachineRegisters(guest::machine, guest::checkWritable),
                new LinearMemory(guest::machine, physical));
        commands = MachineCommands.of(guest);
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
        return guest.forwards(how);
    }

    @Override
    public Optional<ReverseExecution> reverse() {
        return guest.reversible() ? Optional.of(guest::backwards) : Optional.empty();
    }

    @Override
    public Optional<TraceFrames> traceFrames() {
        return guest.reversible() ? Optional.of(new RecordedFrames(guest)) : Optional.empty();
    }

    @Override
    public Optional<Memory> physicalMemory() {
        return Optional.of(physical);
    }

    @Override
    public Optional<Restart> restart() {
        if (guest.live()) {
            return Optional.empty();
        }
        return Optional.of(arguments -> Seek.to(guest, arguments.isEmpty() ? "start" : arguments.getFirst()));
    }

    @Override
    public Optional<Kill> kill() {
        return guest.live() ? Optional.of(() -> {}) : Optional.empty(); // the server ends, and with it the guest
    }

    @Override
    public List<MonitorCommand> monitorCommands() {
        return commands;
    }

    @Override
    public boolean runsDetached() {
        return guest.live();
    }
}
