package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.AC;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PVI;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_VME;
import static dev.ringscope.emulator.x86.X86Cpu.DF;
import static dev.ringscope.emulator.x86.X86Cpu.ID;
import static dev.ringscope.emulator.x86.X86Cpu.IF;
import static dev.ringscope.emulator.x86.X86Cpu.IOPL;
import static dev.ringscope.emulator.x86.X86Cpu.NT;
import static dev.ringscope.emulator.x86.X86Cpu.RF;
import static dev.ringscope.emulator.x86.X86Cpu.TF;
import static dev.ringscope.emulator.x86.X86Cpu.VIF;
import static dev.ringscope.emulator.x86.X86Cpu.VIP;
import static dev.ringscope.emulator.x86.X86Cpu.VM;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * CLI, STI, PUSHF and POPF with their privilege rules (Intel SDM vol. 2; vol. 3A, 6.8.1; vol. 3B, 20.3 and 20.4 for the
 * virtual interrupt flag of CR4.VME and CR4.PVI).
 */
final class InterruptFlag {
    private InterruptFlag() {}

    @Insn(enc = "FA end")
    static void cli(X86Cpu cpu, Instruction i) {
        cpu.systemFlags &= ~interruptFlag(cpu);
    }

    @Insn(enc = "FB end")
    static void sti(X86Cpu cpu, Instruction i) {
        int flag = interruptFlag(cpu);
        if (flag == VIF) {
            if (cpu.flag(VIP)) {
                throw Fault.gp(Reason.IOPL);
            }
            cpu.systemFlags |= VIF;
        } else if (!cpu.flag(IF)) {
            cpu.systemFlags |= IF;
            cpu.interrupts.shadow(false);
        }
    }

    /** The flag that CLI and STI work on: IF, or VIF for those whom VME or PVI give one; else #GP(0). */
    private static int interruptFlag(X86Cpu cpu) {
        if (!cpu.protectedMode() || cpu.cpl <= cpu.iopl()) {
            return IF;
        }
        boolean virtual = cpu.v86() ? (cpu.cr4 & CR4_VME) != 0 : cpu.cpl == 3 && (cpu.cr4 & CR4_PVI) != 0;
        if (!virtual) {
            throw Fault.gp(Reason.IOPL);
        }
        return VIF;
    }

    @Insn(enc = "9C d64", name = "pushf~")
    static void pushf(X86Cpu cpu, Instruction i) {
        int flags = cpu.eflags() & ~(VM | RF);
        if (virtualised(cpu, i)) {
            flags = flags & ~IF | IOPL | (cpu.flag(VIF) ? IF : 0);
        }
        cpu.push(i.operandSize, flags);
    }

    @Insn(enc = "9D d64 end", name = "popf~")
    static void popf(X86Cpu cpu, Instruction i) {
        boolean virtual = virtualised(cpu, i);
        int w = i.operandSize;
        int flags = (int) cpu.peek(w, 0);
        int loaded = Flags.ARITHMETIC | TF | DF | NT | (w > 2 ? AC | ID : 0);
        if (virtual) {
            if ((flags & TF) != 0 || (flags & IF) != 0 && cpu.flag(VIP)) {
                throw Fault.gp(Reason.IOPL);
            }
            flags = flags & ~VIF | ((flags & IF) != 0 ? VIF : 0);
            loaded |= VIF;
        } else if (!cpu.protectedMode() || cpu.cpl == 0) {
            loaded |= IF | IOPL;
        } else if (cpu.cpl <= cpu.iopl()) {
            loaded |= IF;
        }
        cpu.pop(w);
        cpu.setEflags(cpu.eflags() & ~(loaded | RF) | flags & loaded);
    }

    /** Virtual-8086 code below IOPL 3 sees VIF as IF if CR4.VME gives it one, in 16-bit operands; else #GP(0). */
    private static boolean virtualised(X86Cpu cpu, Instruction i) {
        if (!cpu.v86() || cpu.iopl() == 3) {
            return false;
        }
        if (i.operandSize != 2 || (cpu.cr4 & CR4_VME) == 0) {
            throw Fault.gp(Reason.IOPL);
        }
        return true;
    }
}
