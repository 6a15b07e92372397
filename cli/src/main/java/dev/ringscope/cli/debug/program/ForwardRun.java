package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView.Phase;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import java.util.Map;
import java.util.Optional;

/**
 * One run forwards. The kernel is passed without a stop but at its phases: a page that is given on first touch, or a
 * timer that lets another thread run, is nothing that a debugger of the program sees.
 */
final class ForwardRun {
    private final Moves moves;
    private final Resume how;
    private final Stops stops;
    private final Breakpoints breakpoints;
    private final Report report;
    private final Locking locking;

    ForwardRun(Moves moves, Resume how, Stops stops, Delivery delivery, Locking locking) {
        this.moves = moves;
        this.how = how;
        this.stops = stops;
        breakpoints = stops.of(how, moves.process());
        report = new Report(moves, how, delivery, stops.exit());
        this.locking = locking;
    }

    // ---- continuing -------------------------------------------------------------------------------------------------

    /** To the next stop. An instruction at a breakpoint is passed first. */
    Stop run() throws RefusedException {
        Optional<Stop> early = giveWay();
        if (early.isPresent()) {
            return early.get();
        } else if (atBreakpoint()) {
            Optional<Stop> stop = instruction(moves.current());
            if (stop.isPresent()) {
                return stop.get();
            } else if (atBreakpoint()) {
                return new Stop.Breakpoint(moves.current(), moves.pc());
            }
        }
        Optional<Stop> stop = Optional.empty();
        while (stop.isEmpty()) {
            stop = told(moves.run(breakpoints, how.interrupt()));
        }
        return stop.get();
    }

    /** A thread that is to stand still leaves the processor to another first. */
    private Optional<Stop> giveWay() throws RefusedException {
        while (locking.holds(moves.current())) {
            if (moves.inProgram()) {
                moves.step(breakpoints); // the interrupt that calls the kernel, no instruction
            }
            Optional<Stop> stop = leaveKernel();
            if (stop.isPresent()) {
                return stop;
            }
        }
        return Optional.empty();
    }

    private boolean atBreakpoint() {
        return moves.inProgram() && how.breakpoints().at(moves.pc());
    }

    /** What is told of a stop. One that came in the middle of the kernel is put off until that is left. */
    private Optional<Stop> told(Stop machine) throws RefusedException {
        if (moves.phase() == Phase.IDLE && machine instanceof Stop.Interrupted) {
            return idle();
        }
        boolean early = (machine instanceof Stop.Interrupted || machine instanceof Stop.Watch) && !moves.inProgram();
        if (early && moves.phase() == Phase.KERNEL) {
            Optional<Stop> other = leaveKernel();
            return other.isPresent() ? other : report.of(machine);
        }
        return report.of(machine);
    }

    // ---- single instructions ----------------------------------------------------------------------------------------

    /** One instruction of that thread. */
    Stop step(int thread) throws RefusedException {
        Optional<Stop> early = giveWay();
        if (early.isPresent()) {
            return early.get();
        }
        Phase from = moves.phase();
        if (from != Phase.PROGRAM && moves.current() == thread) {
            long pc = moves.register("rip");
            long sp = moves.register("rsp");
            Optional<Stop> stop = leaveKernel();
            if (stop.isPresent()) {
                return stop.get();
            }
            boolean entered = moves.current() == thread && (moves.pc() != pc || moves.register("rsp") != sp);
            // As with ptrace: a step that delivers a signal ends at the handler, one from a call's entry behind it.
            if (from == Phase.CALL_ENTRY || from == Phase.IDLE || entered) {
                return new Stop.StepDone(thread);
            }
        }
        return instruction(thread).orElse(new Stop.StepDone(thread));
    }

    /**
     * Runs until that thread has executed one instruction; others may run meanwhile.
     *
     * @return what ended it earlier, or came of it
     */
    private Optional<Stop> instruction(int thread) throws RefusedException {
        while (true) {
            Optional<Stop> stop;
            if (!moves.inProgram()) {
                stop = leaveKernel();
            } else if (moves.current() != thread) {
                stop = otherThreads();
            } else {
                long pc = moves.pc();
                stop = told(moves.step(breakpoints));
                if (stop.isPresent() || moves.inProgram()) {
                    return stop;
                }
                boolean executed = moves.savedAtDoor() != pc;
                stop = leaveKernel();
                if (executed || moves.current() == thread && moves.inProgram() && moves.pc() != pc) {
                    return stop;
                }
            }
            if (stop.isPresent()) {
                return stop;
            } else if (!moves.process().threads().contains(thread)) {
                return Optional.of(gone());
            } else if (how.interrupt().requested()) {
                return Optional.of(new Stop.Interrupted(moves.current()));
            }
        }
    }

    /** The thread that was to step has ended. */
    private Stop gone() throws RefusedException {
        boolean others = moves.process().threads().stream().anyMatch(how.actions()::containsKey);
        return others ? run() : new Stop.NoneResumed();
    }

    /** Lets another thread run up to where the kernel may give the processor to the next. */
    private Optional<Stop> otherThreads() throws RefusedException {
        if (atBreakpoint()) {
            Optional<Stop> stop = told(moves.step(breakpoints));
            return stop.isPresent() || moves.inProgram() ? stop : leaveKernel();
        }
        Stop stop = moves.run(stops.withDoors(how, moves), how.interrupt());
        if (!(stop instanceof Stop.Breakpoint) || moves.inProgram()) {
            return told(stop);
        }
        int before = moves.current();
        Optional<Stop> inKernel = leaveKernel();
        boolean arrived = moves.inProgram() && moves.current() != before && atBreakpoint();
        return arrived ? Optional.of(new Stop.Breakpoint(moves.current(), moves.pc())) : inKernel;
    }

    /**
     * Goes on to the next instruction of the program, or to a phase that gdb is told of. A wait for standard input ends
     * when the run is to be interrupted: the program stands before its system call again.
     */
    private Optional<Stop> leaveKernel() throws RefusedException {
        boolean present = moves.isPresent();
        try {
            while (true) {
                boolean hurries = present && how.interrupt().requested();
                moves.breakOffInput(hurries);
                Stop machine = hurries || !present ? moves.step(breakpoints) : moves.step(breakpoints, how.interrupt());
                if (moves.inProgram()) {
                    return hurries
                            ? Optional.of(new Stop.Interrupted(report.resumed(moves.current())))
                            : Optional.empty();
                }
                if (moves.phase() == Phase.IDLE && (how.interrupt().requested() || locking.holdsAll())) {
                    return idle();
                }
                Optional<Stop> stop = machine instanceof Stop.Interrupted ? report.phase() : report.of(machine);
                if (stop.isPresent()) {
                    return stop;
                }
            }
        } finally {
            moves.breakOffInput(false);
        }
    }

    /** No thread can run. Whoever was to run has ended, or waits until the run is interrupted. */
    private Optional<Stop> idle() {
        return Optional.of(
                !how.interrupt().requested() && locking.holdsAll()
                        ? new Stop.NoneResumed()
                        : new Stop.Interrupted(report.resumed(moves.current())));
    }

    /** From anywhere to the next moment that a debugger of the program may see. */
    static void settle(Moves moves, Stops stops, Delivery delivery, Locking locking) throws RefusedException {
        Interrupt waitsForNothing = new Interrupt();
        waitsForNothing.request();
        Resume quietly = new Resume(Map.of(), Breakpoints.NONE, true, waitsForNothing);
        if (moves.phase() == Phase.KERNEL) {
            new ForwardRun(moves, quietly, stops, delivery, locking).leaveKernel();
        }
    }
}
