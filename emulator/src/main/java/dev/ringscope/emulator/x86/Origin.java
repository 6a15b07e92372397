package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;

/**
 * Where the processor stood before a transfer that may change its ring or mode: made first, asked afterwards.
 *
 * @param cpu null: nobody is told
 * @param pc linear address of the instruction, or of the next one for interrupts
 * @param stack linear address of the top of the stack
 */
record Origin(X86Cpu cpu, int cpl, Event.Mode mode, long pc, long stack) {
    /** The GDT, LDT or IDT entry, or the MSR, that led somewhere: its address or number, and its low 64 bits. */
    record Via(long source, long value) {
        static final Via NOTHING = new Via(-1, 0);

        static Via entry(Descriptor d) {
            return new Via(d.address(), d.low());
        }
    }

    static Origin of(X86Cpu cpu) {
        // Where nobody is told nothing is found out: that costs as much as a system call. One place makes the object,
        // so that Java makes none.
        X86Cpu told = null;
        Event.Mode mode = null;
        long pc = 0;
        long stack = 0;
        if (cpu.recorder != Recorder.NONE) {
            told = cpu;
            mode = cpu.mode();
            pc = cpu.pcLinear();
            stack = cpu.stackLinear();
        }
        return new Origin(told, cpu.cpl, mode, pc, stack);
    }

    /** Tells the recorder if ring or mode are not what they were. To be called when {@code cpu.pc} is where it went. */
    void changed(Event.Cause cause, int vector, Via via) {
        if (cpu == null) {
            return;
        }
        Event.Mode now = cpu.mode();
        if (cpl == cpu.cpl && mode == now) {
            return;
        }
        cpu.recorder.ringChange(
                cpu.position(),
                cpl,
                cpu.cpl,
                mode,
                now,
                cause,
                vector,
                via.source(),
                via.value(),
                pc,
                cpu.codeLinear(cpu.pc),
                stack,
                cpu.stackLinear());
    }

    void changed(Event.Cause cause, Via via) {
        changed(cause, -1, via);
    }
}
