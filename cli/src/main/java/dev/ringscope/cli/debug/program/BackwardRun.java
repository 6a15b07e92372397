package dev.ringscope.cli.debug.program;

import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import java.util.Optional;

/**
 * One run backwards, the mirror image of {@link ForwardRun}. The kernel is left through the door by which it was
 * entered; if the program was to go on there with the instruction in front of which it was stopped, then nothing of the
 * program has been undone yet.
 */
final class BackwardRun {
    private final Moves moves;
    private final Resume how;
    private final Breakpoints breakpoints;
    private final Breakpoints withDoors;
    private final Report report;
    private final long start;
    /** Whether the last {@link #leaveKernel} undid an instruction of the program. */
    private boolean undone;

    /** @param start position of the program's first instruction */
    BackwardRun(Moves moves, Resume how, Stops stops, Delivery delivery, long start) {
        this.moves = moves;
        this.how = how;
        this.start = start;
        breakpoints = stops.of(how, moves.process());
        withDoors = stops.withDoors(how, moves);
        report = new Report(moves, how, delivery, stops.exit());
    }

    /** To the next stop. */
    Stop run() throws RefusedException {
        Optional<Stop> stop = passKernel();
        while (stop.isEmpty()) {
            stop = told(moves.runBack(breakpoints, how.interrupt()));
        }
        return stop.get();
    }

    /** The kernel, if it is what lies just behind: it may lead back to the very instruction that is next now. */
    private Optional<Stop> passKernel() throws RefusedException {
        if (moves.inProgram()) {
            Optional<Stop> stop = stepBack();
            if (stop.isPresent()) {
                return stop;
            } else if (moves.inProgram()) {
                moves.step(breakpoints);
                return Optional.empty();
            }
        }
        Optional<Stop> stop = leaveKernel();
        boolean there = stop.isEmpty() && undone && how.breakpoints().at(moves.pc());
        return there ? Optional.of(new Stop.Breakpoint(moves.current(), moves.pc())) : stop;
    }

    /** One instruction of that thread. */
    Stop step(int thread) throws RefusedException {
        while (true) {
            Optional<Stop> stop = Optional.empty();
            boolean own = moves.current() == thread;
            undone = false;
            if (!moves.inProgram()) {
                stop = leaveKernel();
            } else if (own) {
                Stop machine = moves.stepBack(breakpoints, how.interrupt());
                if (atBeginning(machine) && !(machine instanceof Stop.Interrupted)) {
                    return beginning();
                }
                undone = moves.inProgram();
                boolean tells = machine instanceof Stop.Watch || machine instanceof Stop.Interrupted;
                stop = tells ? told(machine) : stop;
            } else {
                Stop machine = moves.runBack(withDoors, how.interrupt());
                stop = isDoor(machine) ? throughDoor() : told(machine);
            }
            if (stop.isPresent()) {
                return stop.get();
            } else if (undone && moves.current() == thread) {
                return new Stop.StepDone(thread);
            }
        }
    }

    /** Out of the kernel, back to the program's instruction that led into it, or to a phase that gdb is told of. */
    private Optional<Stop> leaveKernel() throws RefusedException {
        while (true) {
            Stop machine = moves.runBack(withDoors, how.interrupt());
            if (isDoor(machine)) {
                return throughDoor();
            }
            Optional<Stop> stop = told(machine);
            if (stop.isPresent()) {
                return stop;
            }
        }
    }

    private boolean isDoor(Stop machine) {
        return machine instanceof Stop.Breakpoint
                && !moves.inProgram()
                && moves.doors().contains(moves.pc());
    }

    private Optional<Stop> throughDoor() throws RefusedException {
        long saved = moves.savedAtDoor();
        Optional<Stop> stop = stepBack();
        undone = moves.pc() != saved;
        return stop;
    }

    /** One step of the machine; empty if that came about. */
    private Optional<Stop> stepBack() throws RefusedException {
        Stop machine = moves.stepBack(breakpoints, how.interrupt());
        if (machine instanceof Stop.Interrupted) {
            return told(machine);
        }
        return atBeginning(machine) ? Optional.of(beginning()) : Optional.empty();
    }

    private Optional<Stop> told(Stop machine) throws RefusedException {
        if (machine instanceof Stop.Interrupted && moves.machine().position() < start) {
            moves.guest().seek(start); // it stands on its way from a checkpoint, where there is no program yet
        } else if (atBeginning(machine)) {
            return Optional.of(beginning());
        } else if (machine instanceof Stop.Watch && !moves.inProgram()) {
            return Optional.empty();
        }
        return report.of(machine);
    }

    private boolean atBeginning(Stop machine) {
        return machine instanceof Stop.ReplayLogBegin || moves.machine().position() < start;
    }

    private Stop beginning() throws RefusedException {
        moves.guest().seek(start);
        return new Stop.ReplayLogBegin(moves.current());
    }
}
