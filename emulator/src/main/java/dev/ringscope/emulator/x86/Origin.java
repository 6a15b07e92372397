package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;

/**
 * Where the processor stood before a transfer that may change its ring or mode: made first, asked afterwards.
 *
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

    /** Of transfers that nobody is told of: finding out where the processor stands costs as much as a system call. */
    private static final Origin UNTOLD = new Origin(null, 0, null, 0, 0);

    static Origin of(X86Cpu cpu) {
        if (cpu.recorder == Recorder.NONE) {
            return UNTOLD;
        }
        return new Origin(cpu, cpu.cpl, cpu.mode(), cpu.pcLinear(), cpu.stackLinear());
    }

    /** Tells the recorder if ring or mode are not what they were. To be called when {@code cpu.pc} is where it went. */
    void changed(Event.Cause cause, int vector, Via via) {
        if (this == UNTOLD || cpl == cpu.cpl && mode == cpu.mode()) {
            return;
        }
        cpu.recorder.event(new Event.RingChange(
                cpu.position(),
                cpl,
                cpu.cpl,
                mode,
                cpu.mode(),
                cause,
                vector,
                via.source(),
                via.value(),
                pc,
                cpu.codeLinear(cpu.pc),
                stack,
                cpu.stackLinear()));
    }

    void changed(Event.Cause cause, Via via) {
        changed(cause, -1, via);
    }
}
