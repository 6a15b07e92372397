package dev.ringscope.cli.debug.program;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.user.HypercallPort;
import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.emulator.user.ProcessView.Phase;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The machine below a program, and how it is moved. The kernel's doors are found as the processor finds them: in LSTAR
 * and in the IDT.
 */
final class Moves {
    private static final int PROCESSOR = 1;
    private static final int RCX = 1;
    private static final int GATES = 0x81, GATE_BYTES = 16;

    private final Guest guest;
    private List<Long> doors = List.of();
    private ProcessView process;

    Moves(Guest guest) {
        this.guest = guest;
    }

    Guest guest() {
        return guest;
    }

    Machine machine() {
        return guest.machine();
    }

    /** The program at the present moment; it has been started. */
    ProcessView process() {
        if (process == null || !process.isOf(machine())) { // asked for each register of each stop
            process = ProcessView.of(machine()).orElseThrow();
        }
        return process;
    }

    /** The thread whose instructions the machine executes, or whose call or fault the kernel works at. */
    int current() {
        return process().currentThread();
    }

    Phase phase() {
        return inProgram() ? Phase.PROGRAM : process().phase();
    }

    boolean inProgram() {
        return machine().cpu().cpl == 3;
    }

    /** Linear address of the processor's next instruction. */
    long pc() {
        return machine().cpu().pcLinear();
    }

    /** A register of the program's running thread. */
    long register(String name) {
        ProcessView process = process();
        return process.words(process.currentThread(), name)[0];
    }

    // ---- moving -----------------------------------------------------------------------------------------------------

    /** One instruction, exception or interrupt of the machine. Not to be interrupted: it is over soon. */
    Stop step(Breakpoints breakpoints) throws RefusedException {
        return guest.forwards(single(breakpoints, new Interrupt()));
    }

    /** One that may wait for the host's standard input, for as long as {@code interrupt} is not requested. */
    Stop step(Breakpoints breakpoints, Interrupt interrupt) throws RefusedException {
        return guest.forwards(single(breakpoints, interrupt));
    }

    /** The way back by one may lead through much that must be played again. */
    Stop stepBack(Breakpoints breakpoints, Interrupt interrupt) throws RefusedException {
        return guest.backwards(single(breakpoints, interrupt));
    }

    private static Resume single(Breakpoints breakpoints, Interrupt interrupt) {
        return new Resume(Map.of(PROCESSOR, Resume.Action.STEP), breakpoints, true, interrupt);
    }

    /** Whether nobody shall wait for standard input. */
    void breakOffInput(boolean breaksOff) {
        machine().device(HypercallPort.NAME, HypercallPort.class).breakOffInput(breaksOff);
    }

    /** Whether the program runs here for the first time, and so may wait for the world. */
    boolean isPresent() {
        try {
            guest.checkWritable();
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    Stop run(Breakpoints breakpoints, Interrupt interrupt) throws RefusedException {
        return guest.forwards(continuing(breakpoints, interrupt));
    }

    Stop runBack(Breakpoints breakpoints, Interrupt interrupt) throws RefusedException {
        return guest.backwards(continuing(breakpoints, interrupt));
    }

    private static Resume continuing(Breakpoints breakpoints, Interrupt interrupt) {
        return new Resume(Map.of(PROCESSOR, Resume.Action.CONTINUE), breakpoints, true, interrupt);
    }

    // ---- doors ------------------------------------------------------------------------------------------------------

    /** Linear addresses of the instructions at which the kernel is entered from ring 3. */
    List<Long> doors() {
        if (doors.isEmpty()) {
            List<Long> found = new ArrayList<>();
            found.add(machine().cpu().lstar);
            for (int vector = 0; vector < GATES; vector++) {
                long gate = machine().cpu().idtrBase + (long) vector * GATE_BYTES;
                long low = word(gate);
                long handler = low & 0xffff | low >>> 32 & 0xffff_0000L | word(gate + 8) << 32;
                if (handler != 0) {
                    found.add(handler);
                }
            }
            doors = List.copyOf(found);
        }
        return doors;
    }

    private long word(long linear) {
        long physical = machine().cpu().paging.walk(linear).physical();
        if (physical < 0) {
            return 0;
        }
        PhysicalMemory memory = machine().memory();
        memory.need((int) physical, 8);
        return (long) PhysicalMemory.LONG.get(memory.bytes, (int) physical);
    }

    /** At one of the doors: where the program would go on, as the processor has saved it. */
    long savedAtDoor() {
        return pc() == machine().cpu().lstar ? machine().cpu().r[RCX] : register("rip");
    }
}
