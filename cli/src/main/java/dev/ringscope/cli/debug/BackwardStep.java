package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes back one step: the mirror image of {@link MachineRunner}'s. What the step touched is told as forwards. An
 * interrupt's handler is passed as a whole, from its IRET to the instruction in front of which it came, unless steps
 * shall end in handlers; it is the handler that a step forwards would pass.
 */
final class BackwardStep {
    private static final int RSP = 4;
    private static final int IRET = 0xcf;
    private static final int LONGEST_INSTRUCTION = 15;
    /** So many interrupts and exceptions are read at first, and four times as many each time that is not enough. */
    private static final int FIRST_LOOK = 16;

    private final Playback playback;
    private final Resume how;
    /** What was touched on the way back, the earliest of it. */
    private Optional<Stop> met = Optional.empty();

    BackwardStep(Playback playback, Resume how) {
        this.playback = playback;
        this.how = how;
    }

    /** Where a handler has come back to: the same place as where it was called from. */
    private record Place(long pc, long offset, int selector, long stack) {
        static Place of(X86Cpu cpu) {
            return new Place(cpu.pcLinear(), cpu.currentPc(), cpu.seg[1].selector, cpu.r[RSP]);
        }

        boolean isSavedBy(Event.Trap trap) {
            return trap.pc() == offset && trap.selector() == selector;
        }

        /** As a step forwards finds the end of a handler. */
        boolean isAt(X86Cpu cpu) {
            return cpu.pcLinear() == pc && cpu.r[RSP] == stack;
        }
    }

    Stop take() throws IOException, Playback.Interrupted {
        while (true) {
            Moment present = playback.now();
            Place place = Place.of(playback.machine().cpu());
            if (!playback.stepBack()) {
                return new Stop.ReplayLogBegin(MachineThread.ID);
            }
            boolean passed = !how.stepIntoInterrupts() && atInterruptReturn() && passHandler(place, present);
            if (!passed) {
                Optional<Stop> last = touched();
                return last.or(() -> met).orElse(new Stop.StepDone(MachineThread.ID));
            }
        }
    }

    /** What the step that was taken back touches; the machine stands where it stood. */
    private Optional<Stop> touched() throws IOException, Playback.Interrupted {
        if (!watches()) {
            return Optional.empty();
        }
        playback.runner().arm(how.breakpoints());
        Machine.Step step = playback.runner().stepOver();
        Optional<Stop> touched = Optional.ofNullable(playback.runner().takeBehind());
        playback.runner().disarm();
        if (step == Machine.Step.STOPPED) {
            throw new Playback.Interrupted();
        }
        playback.stepBack();
        return touched;
    }

    private boolean watches() {
        return !how.breakpoints().watchpoints().isEmpty()
                || !playback.physicalStops().isEmpty()
                || !playback.eventStops().isEmpty();
    }

    /** Whether the instruction here is an IRET of any size. */
    private boolean atInterruptReturn() {
        Machine machine = playback.machine();
        boolean code64 = machine.cpu().codeSize() == 8;
        long pc = machine.cpu().pcLinear();
        for (int i = 0; i < LONGEST_INSTRUCTION; i++) {
            Walk walk = machine.cpu().paging.walk(pc + i);
            int index = walk.mapped() ? machine.memory().index(walk.physical()) : -1;
            int octet = index < 0 ? -1 : machine.memory().bytes[index] & 0xff;
            if (octet == IRET) {
                return true;
            } else if (!isPrefix(octet, code64)) {
                return false;
            }
        }
        return false;
    }

    private static boolean isPrefix(int octet, boolean code64) {
        return switch (octet) {
            case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf2, 0xf3 -> true;
            default -> code64 && (octet & 0xf0) == 0x40;
        };
    }

    /** Goes from a handler's IRET to where an interrupt called it; false, and nowhere, if none did. */
    private boolean passHandler(Place place, Moment behind) throws IOException, Playback.Interrupted {
        if (behind.traps() > 0) {
            return false; // the IRET was not executed
        }
        Moment atReturn = playback.now();
        Optional<Moment> before = interrupted(place, behind);
        playback.go(before.orElse(atReturn));
        return before.isPresent();
    }

    private Optional<Moment> interrupted(Place place, Moment behind) throws IOException, Playback.Interrupted {
        Moment atReturn = playback.now();
        long earliest = behind.position() - MachineRunner.LONGEST_HANDLER;
        int known = 0;
        for (int count = FIRST_LOOK; ; count *= 4) {
            playback.go(atReturn);
            List<Event.Trap> traps = playback.history().traps(count).reversed();
            for (Event.Trap trap : traps.subList(known, traps.size())) {
                if (trap.position() <= earliest) {
                    return Optional.empty();
                } else if (place.isSavedBy(trap)) {
                    if (trap.cause() == Event.Cause.SOFTWARE_INTERRUPT) {
                        return Optional.empty();
                    }
                    Optional<Moment> before = leading(trap.position(), place, behind);
                    if (before.isPresent()) {
                        return trap.cause() == Event.Cause.EXCEPTION ? Optional.empty() : before;
                    }
                }
            }
            if (traps.size() < count) {
                return Optional.empty();
            }
            known = count;
        }
    }

    /** The moment at a position from which a handler is called that comes back to the place at the moment behind. */
    private Optional<Moment> leading(long position, Place place, Moment behind)
            throws IOException, Playback.Interrupted {
        playback.go(Moment.first(position));
        while (playback.machine().position() == position) {
            Moment before = playback.now();
            boolean there = Place.of(playback.machine().cpu()).equals(place);
            playback.mark();
            playback.runner().arm(how.breakpoints());
            switch (playback.runner().stepOver()) {
                case STOPPED -> throw new Playback.Interrupted();
                case RETIRED -> {}
                case TRAPPED, INTERRUPTED -> {
                    if (there && comesBack(place, behind)) {
                        return Optional.of(before);
                    }
                }
            }
            playback.unmark(before);
        }
        return Optional.empty();
    }

    /** Runs from a handler's first instruction on, as a step forwards does; notes what is touched. */
    private boolean comesBack(Place place, Moment behind) throws Playback.Interrupted {
        Optional<Stop> touched = Optional.ofNullable(playback.runner().takeBehind());
        Breakpoints ends = new Breakpoints(List.of(place.pc), how.breakpoints().watchpoints());
        Resume onwards = new Resume(Map.of(), ends, true, how.interrupt());
        while (playback.now().before(behind)) {
            Stop stop = playback.runner().resume(onwards, behind.position());
            if (stop instanceof Stop.Interrupted) {
                throw new Playback.Interrupted();
            }
            if (playback.runner().behind()) {
                touched = touched.or(() -> Optional.of(stop));
            }
            if (place.isAt(playback.machine().cpu())) {
                met = touched.or(() -> met);
                return playback.now().equals(behind);
            }
        }
        return false;
    }
}
