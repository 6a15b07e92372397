package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.Watchpoints;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Watchpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Runs a machine forwards the way gdb asks: to a breakpoint, a watchpoint, by one instruction, until interrupted. */
final class MachineRunner {
    /** An interrupt's handler that has not come back after so many instructions: a step ends where it is then. */
    static final long LONGEST_HANDLER = 50_000_000;

    private final Machine machine;
    private final PhysicalStops physical;
    private final EventStops events;
    private Breakpoints set = Breakpoints.NONE;
    /** The {@link PhysicalStops#version} that is in the machine; -1: none of them are. */
    private long physicalVersion = -1;
    /** What was met last was met behind the instruction that caused it. */
    private boolean behind;

    /**
     * @param physical what stops the machine beside gdb's own breakpoints
     * @param events likewise; the machine's recorder must tell them
     */
    MachineRunner(Machine machine, PhysicalStops physical, EventStops events) {
        this.machine = machine;
        this.physical = physical;
        this.events = events;
    }

    /** @return why it stopped, or null if the limit was reached */
    Stop resume(Resume how, long limit) {
        apply(how.breakpoints(), true);
        machine.forgetInterrupt();
        how.interrupt().onRequest(machine::interrupt);
        boolean step = how.stepping().isPresent();
        if (step && machine.position() >= limit) {
            return null;
        }
        behind = false;
        events.arm(step ? () -> {} : this::endRun);
        Stop stop;
        Stop event;
        try {
            stop = step ? step(how.stepIntoInterrupts(), how) : stop(machine.run(limit));
        } finally {
            event = takeEvent();
        }
        if (event != null && !how.interrupt().requested()) {
            machine.forgetInterrupt(); // it was the event's, and may have come too late for this run
        }
        return event == null || isFinal(stop) ? stop : event;
    }

    private Stop takeEvent() {
        EventStops.Hit hit = events.disarm();
        if (hit == null) {
            return null;
        }
        behind = true;
        return told(hit.entry() + ":\n" + EventText.line(hit.event()));
    }

    /** One step of the machine, whatever breakpoint it begins at; then {@link #takeBehind} says what it met. */
    Machine.Step stepOver() {
        behind = false;
        events.arm(() -> {});
        return machine.step();
    }

    /** What the last {@link #stepOver} met behind the instruction; null if nothing. */
    Stop takeBehind() {
        Stop event = takeEvent();
        Stop watch = takeWatch();
        return watch == null ? event : watch;
    }

    /** An event ends the run behind the instruction that caused it. */
    private void endRun() {
        machine.interrupt();
        machine.cpu().endBlock();
    }

    private static boolean isFinal(Stop stop) {
        return stop instanceof Stop.Exited || stop instanceof Stop.Terminated;
    }

    private static Stop told(String text) {
        return new Stop.Signalled(MachineThread.ID, Signal.SIGTRAP, text + "\n");
    }

    /**
     * Whether what was met last was met behind the instruction that caused it, as watchpoints and events are:
     * backwards, the machine is to stand in front of that instruction.
     */
    boolean behind() {
        return behind;
    }

    /** Whether the machine stands in front of an instruction with a breakpoint, gdb's or a physical one. */
    boolean atBreakpoint(Breakpoints wanted) {
        return wanted.at(machine.cpu().pcLinear()) || physical.at(machine).isPresent();
    }

    /** What gdb is told of the breakpoint that the machine stands at. */
    Stop breakpoint() {
        Optional<PhysicalStops.Breakpoint> found = physical.at(machine);
        return found.isPresent()
                ? told(found.get().toString())
                : new Stop.Breakpoint(MachineThread.ID, machine.cpu().pcLinear());
    }

    /** Sets breakpoints and watchpoints for {@link #stepOver}; what was touched up to now is forgotten. */
    void arm(Breakpoints wanted) {
        apply(wanted, true);
        machine.takeWatchpointHit();
    }

    /** Takes all breakpoints and watchpoints out of the machine, which is about to go somewhere unnoticed. */
    void disarm() {
        apply(Breakpoints.NONE, false);
    }

    /** Sets breakpoints and watchpoints in the machine. */
    private void apply(Breakpoints wanted, boolean withPhysical) {
        long version = withPhysical && !physical.isEmpty() ? physical.version() : -1;
        if (wanted.equals(set) && version == physicalVersion) {
            return;
        }
        set = wanted;
        physicalVersion = version;
        Set<Long> code = Arrays.stream(wanted.code()).boxed().collect(Collectors.toSet());
        machine.setBreakpoints(code, version < 0 ? Set.of() : physical.breakpoints());
        List<Watchpoints.Watch> watches = new ArrayList<>(version < 0 ? List.of() : physical.watches());
        for (Watchpoint w : wanted.watchpoints()) {
            Watchpoints.Kind kind = switch (w.kind()) {
                case WRITE -> Watchpoints.Kind.WRITE;
                case READ -> Watchpoints.Kind.READ;
                case ACCESS -> Watchpoints.Kind.ACCESS;
            };
            watches.add(new Watchpoints.Watch(w.address(), w.length(), kind, false));
        }
        machine.setWatchpoints(watches);
    }

    private Stop step(boolean intoInterrupts, Resume how) {
        long pc = machine.cpu().pcLinear();
        long sp = machine.cpu().r[4];
        Machine.Step step = machine.step();
        if (step == Machine.Step.INTERRUPTED && !intoInterrupts) {
            Stop early = passHandler(pc, sp, how);
            if (early != null) {
                return early;
            }
            step = machine.step();
        }
        Stop watch = takeWatch();
        if (watch != null) {
            return watch;
        }
        return step == Machine.Step.STOPPED ? stopped() : new Stop.StepDone(MachineThread.ID);
    }

    /** Why a step did not come about. An interrupt is forgotten with that: a run would go on. */
    private Stop stopped() {
        return machine.cpu().stop == null ? new Stop.Interrupted(MachineThread.ID) : stop(machine.run(Long.MAX_VALUE));
    }

    /** Runs an interrupt's handler up to the instruction in front of which it came. */
    private Stop passHandler(long pc, long sp, Resume how) {
        long end = machine.position() + LONGEST_HANDLER;
        while (machine.position() < end && !how.interrupt().requested()) {
            if (machine.step() == Machine.Step.STOPPED) {
                return stopped();
            }
            if (machine.cpu().pcLinear() == pc && machine.cpu().r[4] == sp) {
                return null;
            }
        }
        return new Stop.Interrupted(MachineThread.ID);
    }

    private Stop stop(StopReason reason) {
        return switch (reason) {
            case BREAKPOINT -> breakpoint();
            case WATCHPOINT -> takeWatch();
            case INTERRUPTED -> new Stop.Interrupted(MachineThread.ID);
            case TRIPLE_FAULT -> new Stop.Signalled(MachineThread.ID, Signal.SIGSEGV, machine.explanation() + "\n");
            case POWER_OFF, RESET, HALTED -> new Stop.Exited(0);
            case EXIT -> new Stop.Exited(machine.exitStatus() & 0xff);
            case LIMIT -> null;
        };
    }

    /** The watched byte that has been touched since the last call; null if none was. */
    private Stop takeWatch() {
        Watchpoints.Hit hit = machine.takeWatchpointHit();
        if (hit == null) {
            return null;
        }
        behind = true;
        if (hit.watch().physical()) {
            String name = physical.of(hit.watch()).map(Object::toString).orElse("physical watchpoint");
            return told("%s: %s of %d bytes at 0x%x through 0x%x%s"
                    .formatted(
                            name,
                            hit.write() ? "write" : "read",
                            hit.size(),
                            hit.physical(),
                            hit.linear(),
                            hit.write() ? ", value 0x%x".formatted(hit.value()) : ""));
        }
        Watchpoint.Kind kind = switch (hit.watch().kind()) {
            case WRITE -> Watchpoint.Kind.WRITE;
            case READ -> Watchpoint.Kind.READ;
            case ACCESS -> Watchpoint.Kind.ACCESS;
        };
        long first = Math.max(hit.linear(), hit.watch().address());
        return new Stop.Watch(MachineThread.ID, kind, first);
    }
}
