package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;

/** A running guest. */
public final class LiveGuest implements Guest {
    /**
     * What gdb is told of a guest that has come to its limit: the exit status of {@code run} and {@code record} then.
     */
    private static final int LIMIT_STATUS = 124;

    private final Machine machine;
    private final long limit;
    private final RecentEvents recent;
    private final History history;
    private final PhysicalStops physicalStops;
    private final EventStops eventStops;
    private final MachineRunner runner;

    /**
     * @param recent what the machine tells
     * @param limit position at which the run ends as if gdb had interrupted it for good
     */
    public LiveGuest(Machine machine, RecentEvents recent, long limit) {
        this(machine, recent, limit, new PhysicalStops(), new EventStops());
    }

    /** One that takes over what stopped another guest. */
    LiveGuest(Machine machine, RecentEvents recent, long limit, PhysicalStops physicalStops, EventStops eventStops) {
        this.physicalStops = physicalStops;
        this.eventStops = eventStops;
        this.machine = machine;
        this.limit = limit;
        this.recent = recent;
        history = History.of(recent);
        recent.counts().heed(eventStops);
        runner = new MachineRunner(machine, physicalStops, eventStops);
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
    public Machine machine() {
        return machine;
    }

    @Override
    public Stop forwards(Resume how) {
        Stop stop = runner.resume(how, limit);
        return stop == null ? new Stop.Exited(LIMIT_STATUS) : stop;
    }

    /** Whether it stands at a breakpoint at which such a run would stop. */
    boolean atBreakpoint(Resume how) {
        return how.stepping().isEmpty() && runner.atBreakpoint(how.breakpoints());
    }

    /** What gdb is told of the breakpoint where it stands. */
    Stop breakpoint() {
        return runner.breakpoint();
    }

    /** Which moment this is. */
    Moment now() {
        return new Moment(
                machine.position(), recent.counts().at(machine.position()).traps());
    }

    @Override
    public boolean reversible() {
        return false;
    }

    @Override
    public Stop backwards(Resume how) throws RefusedException {
        throw new RefusedException("this guest is not recorded: it cannot go back");
    }

    @Override
    public void checkWritable() {}

    @Override
    public History history() {
        return history;
    }

    @Override
    public PhysicalStops physicalStops() {
        return physicalStops;
    }

    @Override
    public EventStops eventStops() {
        return eventStops;
    }

    @Override
    public long end() {
        return machine.position();
    }

    @Override
    public void seek(long position) throws RefusedException {
        if (position != machine.position()) {
            throw new RefusedException("this guest is not recorded: it cannot go to another position");
        }
    }

    @Override
    public boolean live() {
        return true;
    }
}
