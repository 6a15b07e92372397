package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.DS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.FS;
import static dev.ringscope.emulator.insn.Instruction.GS;
import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.AC;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_VME;
import static dev.ringscope.emulator.x86.X86Cpu.DF;
import static dev.ringscope.emulator.x86.X86Cpu.ID;
import static dev.ringscope.emulator.x86.X86Cpu.IF;
import static dev.ringscope.emulator.x86.X86Cpu.IOPL;
import static dev.ringscope.emulator.x86.X86Cpu.NT;
import static dev.ringscope.emulator.x86.X86Cpu.RF;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;
import static dev.ringscope.emulator.x86.X86Cpu.TF;
import static dev.ringscope.emulator.x86.X86Cpu.VIF;
import static dev.ringscope.emulator.x86.X86Cpu.VIP;
import static dev.ringscope.emulator.x86.X86Cpu.VM;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.FarReturns.OuterStack;

/**
 * IRET, IRETD and IRETQ in every mode (Intel SDM vol. 2, IRET; vol. 3A, 6.12.1, 6.14.3, 7.4; vol. 3B, 20.2 and 20.3).
 */
final class InterruptReturn {
    /** Flags that IRET loads whatever the privilege. */
    private static final int ALWAYS = Flags.ARITHMETIC | TF | DF | NT;

    private InterruptReturn() {}

    @Insn(enc = "CF end", name = "iret~")
    static void iret(X86Cpu cpu, Instruction i) {
        cpu.interrupts.unblockNmi();
        int w = i.operandSize;
        if (!cpu.protectedMode()) {
            real(cpu, w);
        } else if (cpu.v86()) {
            virtual(cpu, w);
        } else if (!cpu.flag(NT)) {
            protectedMode(cpu, w);
        } else if (cpu.longMode()) {
            throw Fault.gp(Reason.BAD_FRAME);
        } else {
            TaskSwitch.taskReturn(cpu, i.next());
        }
    }

    private static void real(X86Cpu cpu, int w) {
        int flags = (int) cpu.peek(w, 2 * w);
        CodeSegments.enterParagraph(cpu, (int) cpu.peek(w, w) & 0xffff, X86Cpu.truncate(cpu.peek(w, 0), w));
        drop(cpu, 3 * w);
        loadFlags(cpu, flags, ALWAYS | IF | IOPL | (w > 2 ? RF | AC | ID : 0));
    }

    private static void virtual(X86Cpu cpu, int w) {
        int flags = (int) cpu.peek(w, 2 * w);
        int loaded = ALWAYS | IF | (w > 2 ? RF | AC | ID : 0);
        if (cpu.iopl() < 3) {
            boolean extensions = (cpu.cr4 & CR4_VME) != 0 && w == 2;
            if (!extensions || (flags & TF) != 0 || (flags & IF) != 0 && cpu.flag(VIP)) {
                throw Fault.gp(Reason.IOPL);
            }
            flags = flags & ~VIF | ((flags & IF) != 0 ? VIF : 0);
            loaded = loaded & ~IF | VIF;
        }
        CodeSegments.enterParagraph(cpu, (int) cpu.peek(w, w) & 0xffff, X86Cpu.truncate(cpu.peek(w, 0), w));
        drop(cpu, 3 * w);
        loadFlags(cpu, flags, loaded);
    }

    private static void drop(X86Cpu cpu, int bytes) {
        cpu.setReg(RSP, cpu.stackSize(), cpu.r[RSP] + bytes);
    }

    private static void loadFlags(X86Cpu cpu, int flags, int loaded) {
        cpu.setEflags(cpu.eflags() & ~loaded | flags & loaded);
        if ((flags & loaded & RF) != 0) {
            cpu.interrupts.resumeFlagLoaded();
        }
    }

    private static void protectedMode(X86Cpu cpu, int w) {
        Origin origin = Origin.of(cpu);
        long offset = X86Cpu.truncate(cpu.peek(w, 0), w);
        int selector = (int) cpu.peek(w, w) & 0xffff;
        int flags = (int) cpu.peek(w, 2 * w);
        if (w == 4 && (flags & VM) != 0 && cpu.cpl == 0 && !cpu.longMode()) {
            toVirtual(cpu, selector, offset, flags);
        } else {
            toProtected(cpu, w, selector, offset, flags);
        }
        origin.changed(Event.Cause.INTERRUPT_RETURN, Origin.Via.NOTHING);
    }

    private static void toProtected(X86Cpu cpu, int w, int selector, long offset, int flags) {
        Descriptor code = CodeSegments.checkedReturn(cpu, selector);
        int loaded = loadable(cpu, w); // as the ring that is left may
        if (code.rpl() != cpu.cpl || cpu.code64()) {
            OuterStack outer = OuterStack.read(cpu, code, w, 3 * w);
            CodeSegments.checkOffset(cpu, code, offset);
            FarReturns.enterOuter(cpu, code, offset, outer);
        } else {
            CodeSegments.checkOffset(cpu, code, offset);
            int size = cpu.stackSize();
            CodeSegments.enter(cpu, code, cpu.cpl, offset);
            cpu.setReg(RSP, size, cpu.r[RSP] + 3 * w);
        }
        loadFlags(cpu, flags, loaded);
    }

    private static int loadable(X86Cpu cpu, int w) {
        return ALWAYS
                | (w > 2 ? RF | AC | ID : 0)
                | (cpu.cpl <= cpu.iopl() ? IF : 0)
                | (cpu.cpl == 0 ? IOPL | (w > 2 ? VIF | VIP : 0) : 0);
    }

    /** Back to virtual-8086 mode: nine doublewords, and no check but that they can be read. */
    private static void toVirtual(X86Cpu cpu, int selector, long offset, int flags) {
        long[] frame = new long[6];
        for (int n = 0; n < 6; n++) {
            frame[n] = cpu.peek(4, 12 + 4 * n) & 0xffff_ffffL;
        }
        if (offset > 0xffff) {
            throw Fault.gp(0, Reason.SEGMENT_LIMIT, offset);
        }
        cpu.cpl = 3;
        loadFlags(cpu, flags, -1);
        int[] order = {SS, ES, DS, FS, GS};
        for (int n = 0; n < 5; n++) {
            DataSegments.loadParagraph(cpu, order[n], (int) frame[n + 1] & 0xffff);
        }
        DataSegments.loadParagraph(cpu, CS, selector);
        cpu.pc = offset;
        cpu.r[RSP] = frame[0];
        cpu.modeChanged();
    }
}
