package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;

/**
 * Instructions on single flags (Intel SDM vol. 2). CLI, STI, PUSHF and POPF, which privilege rules govern, are
 * elsewhere.
 */
final class FlagInstructions {
    private FlagInstructions() {}

    @Insn(enc = {"F8"})
    static void clc(X86Cpu cpu) {
        cpu.fc = Flags.withCarryOverflow(cpu.fc, false, Flags.overflow(cpu.fc));
    }

    @Insn(enc = {"F9"})
    static void stc(X86Cpu cpu) {
        cpu.fc = Flags.withCarryOverflow(cpu.fc, true, Flags.overflow(cpu.fc));
    }

    @Insn(enc = {"F5"})
    static void cmc(X86Cpu cpu) {
        cpu.fc = Flags.withCarryOverflow(cpu.fc, !Flags.carry(cpu.fc), Flags.overflow(cpu.fc));
    }

    @Insn(enc = {"FC"})
    static void cld(X86Cpu cpu) {
        cpu.systemFlags &= ~X86Cpu.DF;
    }

    @Insn(enc = {"FD"})
    static void std(X86Cpu cpu) {
        cpu.systemFlags |= X86Cpu.DF;
    }

    @Insn(enc = {"9E"})
    static void sahf(X86Cpu cpu) {
        int kept = cpu.eflags() & Flags.OF;
        int loaded = (int) (cpu.r[RAX] >> 8) & (Flags.SF | Flags.ZF | Flags.AF | Flags.PF | Flags.CF);
        cpu.setArithmetic(kept | loaded);
    }

    @Insn(enc = {"9F"})
    static void lahf(X86Cpu cpu) {
        cpu.setReg8(4, false, cpu.eflags() & 0xff);
    }

    /** SALC, undocumented by Intel's opcode maps for long: AL = CF ? FF : 0. */
    @Insn(enc = {"D6 i64"})
    static void salc(X86Cpu cpu) {
        cpu.setReg8(RAX, true, Flags.carry(cpu.fc) ? -1 : 0);
    }

    @Insn(enc = {"NP 0F 01 =CA"})
    static void clac(X86Cpu cpu) {
        setAlignmentCheck(cpu, 0);
    }

    @Insn(enc = {"NP 0F 01 =CB"})
    static void stac(X86Cpu cpu) {
        setAlignmentCheck(cpu, X86Cpu.AC);
    }

    /** AC decides only through which TLB data accesses go: the block need not end. */
    private static void setAlignmentCheck(X86Cpu cpu, int value) {
        if (cpu.cpl != 0) {
            throw Fault.ud();
        }
        cpu.systemFlags = cpu.systemFlags & ~X86Cpu.AC | value;
        cpu.paging.chooseTlb();
    }
}
