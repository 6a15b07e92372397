package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.CR4_PCE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_TSD;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** The time-stamp counter, performance counters (there are none), random numbers (Intel SDM vol. 2; vol. 3B, 18.17). */
final class TimeInstructions {
    private TimeInstructions() {}

    @Insn(enc = "0F 31")
    static void rdtsc(X86Cpu cpu) {
        requireTsc(cpu);
        MsrInstructions.setPair(cpu, cpu.system.tsc());
    }

    @Insn(enc = "0F 01 =F9")
    static void rdtscp(X86Cpu cpu) {
        requireTsc(cpu);
        MsrInstructions.setPair(cpu, cpu.system.tsc());
        cpu.setReg(RCX, 4, cpu.tscAux);
    }

    private static void requireTsc(X86Cpu cpu) {
        if ((cpu.cr4 & CR4_TSD) != 0 && cpu.cpl != 0) {
            throw Fault.gp(Reason.PRIVILEGE);
        }
    }

    @Insn(enc = "0F 33")
    static void rdpmc(X86Cpu cpu) {
        if ((cpu.cr4 & CR4_PCE) == 0) {
            cpu.requireRing0();
        }
        throw Fault.gp(0, Reason.BAD_REGISTER_VALUE, cpu.r[RCX] & 0xffff_ffffL);
    }

    @Insn(enc = {"NP 0F C7 /6 Rv", "66 0F C7 /6 Rv"})
    static void rdrand(X86Cpu cpu, Instruction i) {
        cpu.setReg(i.rm, i.operandSize, cpu.system.nextRandom());
        cpu.setArithmetic(Flags.CF);
    }
}
