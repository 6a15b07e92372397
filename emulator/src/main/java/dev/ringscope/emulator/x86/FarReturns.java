package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Far RET (Intel SDM vol. 3A, 5.8.6; vol. 2, RET), and what it shares with IRET: going back to an outer ring's stack.
 */
final class FarReturns {
    private FarReturns() {}

    @Insn(enc = "CB end", name = "retf~", att = "lret~")
    static void retf(X86Cpu cpu, Instruction i) {
        ret(cpu, i.operandSize, 0);
    }

    @Insn(enc = "CA Iw end", name = "retf~", att = "lret~")
    static void retfPop(X86Cpu cpu, Instruction i) {
        ret(cpu, i.operandSize, (int) i.imm & 0xffff);
    }

    /** @param release bytes of parameters below the return address, on both stacks */
    private static void ret(X86Cpu cpu, int w, int release) {
        long offset = X86Cpu.truncate(cpu.peek(w, 0), w);
        int selector = (int) cpu.peek(w, w) & 0xffff;
        int depth = 2 * w + release;
        if (cpu.realOrV86()) {
            CodeSegments.enterParagraph(cpu, selector, offset);
            drop(cpu, depth);
            return;
        }
        Origin origin = Origin.of(cpu);
        Descriptor code = CodeSegments.checkedReturn(cpu, selector);
        if (code.rpl() == cpu.cpl) {
            CodeSegments.checkOffset(cpu, code, offset);
            int size = cpu.stackSize(); // of the stack that is popped, whatever code follows
            CodeSegments.enter(cpu, code, cpu.cpl, offset);
            cpu.setReg(RSP, size, cpu.r[RSP] + depth);
        } else {
            OuterStack outer = OuterStack.read(cpu, code, w, depth);
            CodeSegments.checkOffset(cpu, code, offset);
            enterOuter(cpu, code, offset, outer);
            drop(cpu, release);
        }
        origin.changed(Event.Cause.FAR_RETURN, Origin.Via.NOTHING);
    }

    private static void drop(X86Cpu cpu, int bytes) {
        cpu.setReg(RSP, cpu.stackSize(), cpu.r[RSP] + bytes);
    }

    /**
     * The stack that a return finds above the return address.
     *
     * @param descriptor null for the null selector that 64-bit mode below ring 3 takes
     */
    record OuterStack(int selector, long sp, Descriptor descriptor) {
        /**
         * Reads SP and SS at a depth of the present stack, {@code w} bytes each, and checks SS for the code returned
         * to.
         */
        static OuterStack read(X86Cpu cpu, Descriptor code, int w, int depth) {
            long sp = X86Cpu.truncate(cpu.peek(w, depth), w);
            int selector = (int) cpu.peek(w, depth + w) & 0xffff;
            int rpl = code.rpl();
            if ((selector & ~3) != 0) {
                return new OuterStack(selector, sp, DataSegments.checkedStack(cpu, selector, rpl, Fault.GP));
            }
            if (!DataSegments.nullStackAllowed(CodeSegments.code64(cpu, code), rpl, selector)) {
                throw Fault.gp(0, Reason.NULL_SELECTOR, selector);
            }
            return new OuterStack(selector, sp, null);
        }
    }

    /** Loads CS:RIP and SS:RSP at the ring of CS.RPL, and drops the data segments that it may not use. */
    static void enterOuter(X86Cpu cpu, Descriptor code, long offset, OuterStack outer) {
        boolean leaves = code.rpl() != cpu.cpl;
        if (outer.descriptor() != null) {
            cpu.segmentation.markAccessed(outer.descriptor());
        }
        CodeSegments.enter(cpu, code, code.rpl(), offset);
        Segment ss = cpu.seg[SS];
        if (outer.descriptor() == null) {
            DataSegments.setNull(ss, outer.selector());
        } else {
            Segmentation.fill(ss, outer.selector(), outer.descriptor());
        }
        cpu.setReg(RSP, cpu.stackSize(), outer.sp());
        if (leaves) {
            DataSegments.dropInner(cpu);
        }
        cpu.modeChanged();
    }
}
