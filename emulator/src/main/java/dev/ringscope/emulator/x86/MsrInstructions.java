package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Model-specific and extended control registers, and the segment bases kept in some of them (Intel SDM vol. 2). */
final class MsrInstructions {
    private MsrInstructions() {}

    /** EDX:EAX. */
    static long pair(X86Cpu cpu) {
        return cpu.r[RDX] << 32 | cpu.r[RAX] & 0xffff_ffffL;
    }

    static void setPair(X86Cpu cpu, long value) {
        cpu.setReg(RAX, 4, value);
        cpu.setReg(RDX, 4, value >>> 32);
    }

    @Insn(enc = "0F 32 end")
    static void rdmsr(X86Cpu cpu) {
        cpu.requireRing0();
        setPair(cpu, cpu.system.msrs.read((int) cpu.r[RCX]));
    }

    @Insn(enc = "0F 30 end")
    static void wrmsr(X86Cpu cpu) {
        cpu.requireRing0();
        cpu.system.msrs.write((int) cpu.r[RCX], pair(cpu));
    }

    @Insn(enc = "NP 0F 01 =D0")
    static void xgetbv(X86Cpu cpu) {
        requireOsxsave(cpu);
        if ((int) cpu.r[RCX] != 0) {
            throw Fault.gp(0, Reason.BAD_REGISTER_VALUE, cpu.r[RCX] & 0xffff_ffffL);
        }
        setPair(cpu, cpu.system.xcr0);
    }

    /** x87 state cannot be switched off (SDM vol. 1, 13.3). */
    @Insn(enc = "NP 0F 01 =D1 end")
    static void xsetbv(X86Cpu cpu) {
        requireOsxsave(cpu);
        cpu.requireRing0();
        long value = pair(cpu);
        if ((int) cpu.r[RCX] != 0 || (value & ~SystemRegisters.XCR0_ALL) != 0 || (value & 1) == 0) {
            throw Fault.gp(0, Reason.BAD_REGISTER_VALUE, value);
        }
        cpu.system.tell("xcr0", cpu.system.xcr0, value);
        cpu.system.xcr0 = value;
    }

    static void requireOsxsave(X86Cpu cpu) {
        if ((cpu.cr4 & X86Cpu.CR4_OSXSAVE) == 0) {
            throw Fault.ud();
        }
    }

    @Insn(enc = "0F 01 =F8 o64 end")
    static void swapgs(X86Cpu cpu) {
        cpu.requireRing0();
        long gs = cpu.seg[Instruction.GS].base;
        cpu.seg[Instruction.GS].base = cpu.kernelGsBase;
        cpu.kernelGsBase = gs;
    }

    @Insn(enc = "F3 0F AE /0 Ry o64 rm")
    static void rdfsbase(X86Cpu cpu, Instruction i) {
        readBase(cpu, i, Instruction.FS);
    }

    @Insn(enc = "F3 0F AE /1 Ry o64 rm")
    static void rdgsbase(X86Cpu cpu, Instruction i) {
        readBase(cpu, i, Instruction.GS);
    }

    @Insn(enc = "F3 0F AE /2 Ry o64 rm")
    static void wrfsbase(X86Cpu cpu, Instruction i) {
        writeBase(cpu, i, Instruction.FS);
    }

    @Insn(enc = "F3 0F AE /3 Ry o64 rm")
    static void wrgsbase(X86Cpu cpu, Instruction i) {
        writeBase(cpu, i, Instruction.GS);
    }

    private static void readBase(X86Cpu cpu, Instruction i, int segment) {
        requireFsGsBase(cpu);
        cpu.setReg(i.rm, (i.rex & 8) != 0 ? 8 : 4, cpu.seg[segment].base);
    }

    private static void writeBase(X86Cpu cpu, Instruction i, int segment) {
        requireFsGsBase(cpu);
        long value = (i.rex & 8) != 0 ? cpu.r[i.rm] : cpu.r[i.rm] & 0xffff_ffffL;
        if (!cpu.paging.canonical(value)) {
            throw Fault.gp(0, Reason.NON_CANONICAL, value);
        }
        cpu.seg[segment].base = value;
    }

    private static void requireFsGsBase(X86Cpu cpu) {
        if ((cpu.cr4 & X86Cpu.CR4_FSGSBASE) == 0) {
            throw Fault.ud();
        }
    }
}
