package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;

/**
 * Interrupts through the table of far pointers (Intel SDM vol. 3B, 20.1.4), which real-address mode has at IDTR.base
 * and virtual-8086 mode with the extensions of CR4.VME at linear address 0 (20.3).
 */
final class RealModeInterrupt {
    private RealModeInterrupt() {}

    /** Real-address mode. No error codes here. */
    static void enter(X86Cpu cpu, int vector, long returnPc) {
        if (vector * 4 + 3 > cpu.idtrLimit) {
            throw Fault.gp(0, Reason.IDT_LIMIT, cpu.idtrLimit);
        }
        go(cpu, cpu.idtrBase + vector * 4L, cpu.eflags(), returnPc);
        cpu.systemFlags &= ~(X86Cpu.IF | X86Cpu.TF | X86Cpu.AC | X86Cpu.RF);
        cpu.modeChanged();
    }

    /** INT n of virtual-8086 mode that the redirection bitmap leaves to the 8086 program. */
    static void redirect(X86Cpu cpu, int vector, long returnPc) {
        boolean virtual = cpu.iopl() < 3;
        int flags = cpu.eflags();
        if (virtual) {
            flags = flags & ~X86Cpu.IF | X86Cpu.IOPL | (cpu.flag(X86Cpu.VIF) ? X86Cpu.IF : 0);
        }
        go(cpu, vector * 4L, flags, returnPc);
        cpu.systemFlags &= ~(X86Cpu.TF | X86Cpu.RF | (virtual ? X86Cpu.VIF : X86Cpu.IF));
    }

    private static void go(X86Cpu cpu, long entry, int flags, long returnPc) {
        long target = cpu.loadSystem(entry & 0xffff_ffffL, 4);
        PendingStack stack = PendingStack.current(cpu).need(6);
        stack.push(2, flags);
        stack.push(2, cpu.seg[CS].selector);
        stack.push(2, returnPc);
        CodeSegments.enterParagraph(cpu, (int) (target >>> 16) & 0xffff, target & 0xffff);
        stack.commit();
    }
}
