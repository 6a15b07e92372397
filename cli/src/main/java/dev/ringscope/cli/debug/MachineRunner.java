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
import java.util.Set;
import java.util.stream.Collectors;

/** Runs a machine forwards the way gdb asks: to a breakpoint, a watchpoint, by one instruction, until interrupted. */
final class MachineRunner {
    /** An interrupt's handler that has not come back after so many instructions: a step ends where it is then. */
    private static final long LONGEST_HANDLER = 50_000_000;

    private final Machine machine;
    private Breakpoints set = Breakpoints.NONE;

    MachineRunner(Machine machine) {
        this.machine = machine;
    }

    /** @return why it stopped, or null if the limit was reached */
    Stop resume(Resume how, long limit) {
        apply(how.breakpoints());
        machine.forgetInterrupt();
        how.interrupt().onRequest(machine::interrupt);
        if (how.stepping().isPresent()) {
            return machine.position() >= limit ? null : step(how.stepIntoInterrupts(), how);
        }
        return stop(machine.run(limit));
    }

    /** Sets breakpoints and watchpoints in the machine. */
    void apply(Breakpoints wanted) {
        if (wanted.equals(set)) {
            return;
        }
        set = wanted;
        machine.setBreakpoints(Arrays.stream(wanted.code()).boxed().collect(Collectors.toSet()), Set.of());
        List<Watchpoints.Watch> watches = new ArrayList<>();
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
        Stop.Watch watch = takeWatch();
        if (watch != null) {
            return watch;
        }
        return step == Machine.Step.STOPPED ? stop(machine.run(Long.MAX_VALUE)) : new Stop.StepDone(MachineThread.ID);
    }

    /** Runs an interrupt's handler up to the instruction in front of which it came. */
    private Stop passHandler(long pc, long sp, Resume how) {
        long end = machine.position() + LONGEST_HANDLER;
        while (machine.position() < end && !how.interrupt().requested()) {
            if (machine.step() == Machine.Step.STOPPED) {
                return stop(machine.run(Long.MAX_VALUE));
            }
            if (machine.cpu().pcLinear() == pc && machine.cpu().r[4] == sp) {
                return null;
            }
        }
        return new Stop.Interrupted(MachineThread.ID);
    }

    private Stop stop(StopReason reason) {
        return switch (reason) {
            case BREAKPOINT ->
                new Stop.Breakpoint(MachineThread.ID, machine.cpu().pcLinear());
            case WATCHPOINT -> takeWatch();
            case INTERRUPTED -> new Stop.Interrupted(MachineThread.ID);
            case TRIPLE_FAULT -> new Stop.Signalled(MachineThread.ID, Signal.SIGSEGV, machine.explanation() + "\n");
            case POWER_OFF, RESET, HALTED -> new Stop.Exited(0);
            case EXIT -> new Stop.Exited(machine.exitStatus() & 0xff);
            case LIMIT -> null;
        };
    }

    /** The watched byte that has been touched since the last call; null if none was. */
    Stop.Watch takeWatch() {
        Watchpoints.Hit hit = machine.takeWatchpointHit();
        if (hit == null) {
            return null;
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
