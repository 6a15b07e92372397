package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Kill;
import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.TargetDescription;
import dev.ringscope.gdbstub.X86Description;
import java.util.List;
import java.util.Optional;

/** A running guest under gdb. */
public final class LiveTarget implements Target {
    /**
     * What gdb is told of a guest that has come to its limit: the exit status of {@code run} and {@code record} then.
     */
    private static final int LIMIT_STATUS = 124;

    private final Machine machine;
    private final long limit;
    private final History history;
    private final MachineRunner runner;
    private final PhysicalSpace physical;
    private final GuestThread thread;
    private final TargetDescription description = X86Description.machine();

    /**
     * @param recent what the machine tells
     * @param limit position at which the run ends as if gdb had interrupted it for good
     */
    public LiveTarget(Machine machine, RecentEvents recent, long limit) {
        this.machine = machine;
        this.limit = limit;
        history = History.of(recent);
        runner = new MachineRunner(machine);
        physical = new PhysicalSpace(machine, () -> {});
        thread = new MachineThread(
                machine, new MachineRegisters(machine, () -> {}), new LinearMemory(machine, physical));
    }

    /** How the guest ended, or INTERRUPTED if gdb, or Ctrl-C, ended it. */
    public StopReason lastReason() {
        return switch (machine.lastReason()) {
            case POWER_OFF, RESET, HALTED, TRIPLE_FAULT, EXIT -> machine.lastReason();
            case LIMIT -> machine.position() >= limit ? StopReason.LIMIT : StopReason.INTERRUPTED;
            case INTERRUPTED, BREAKPOINT, WATCHPOINT -> StopReason.INTERRUPTED;
        };
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
    public Stop resume(Resume how) {
        Stop stop = runner.resume(how, limit);
        return stop == null ? new Stop.Exited(LIMIT_STATUS) : stop;
    }

    @Override
    public Optional<Memory> physicalMemory() {
        return Optional.of(physical);
    }

    @Override
    public Optional<Kill> kill() {
        return Optional.of(() -> {}); // the server ends, and with it the guest
    }

    @Override
    public List<MonitorCommand> monitorCommands() {
        return MachineCommands.of(machine, history);
    }

    @Override
    public boolean runsDetached() {
        return true;
    }
}
