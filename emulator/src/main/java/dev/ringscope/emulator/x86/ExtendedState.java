package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.CR0_EM;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_TS;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Mxcsr;

/**
 * FXSAVE, FXRSTOR, XSAVE, XSAVEOPT, XRSTOR, LDMXCSR, STMXCSR (Intel SDM vol. 1, 10.5 and ch. 13; vol. 2). The areas are
 * read and written by {@link StateArea}. Of the optimizations that XSAVEOPT may make none is made: it writes what XSAVE
 * writes.
 */
final class ExtendedState {
    private static final int XSAVE_HEADER = 512;
    private static final int XSAVE_SIZE = 576;

    private ExtendedState() {}

    @Insn(enc = "NP 0F AE /2 Md")
    static void ldmxcsr(X86Cpu cpu, Instruction i) {
        cpu.requireSse();
        cpu.mxcsr.value = checkedMxcsr(cpu.readE(i, 4));
    }

    @Insn(enc = "NP 0F AE /3 Md")
    static void stmxcsr(X86Cpu cpu, Instruction i) {
        cpu.requireSse();
        cpu.writeE(i, 4, cpu.mxcsr.value);
    }

    private static int checkedMxcsr(long value) {
        if ((value & 0xffff_ffffL & ~Mxcsr.WRITABLE) != 0) {
            throw Fault.gp(0, Reason.RESERVED_BITS, value & 0xffff_ffffL);
        }
        return (int) value;
    }

    @Insn(enc = "NP 0F AE /0 M", name = "fxsave|fxsave64")
    static void fxsave(X86Cpu cpu, Instruction i) {
        requireUnit(cpu, CR0_EM | CR0_TS);
        StateArea area = area(cpu, i, 512, 16, true);
        area.saveX87();
        area.saveMxcsr();
        area.saveXmm();
    }

    @Insn(enc = "NP 0F AE /1 M", name = "fxrstor|fxrstor64")
    static void fxrstor(X86Cpu cpu, Instruction i) {
        requireUnit(cpu, CR0_EM | CR0_TS);
        StateArea area = area(cpu, i, 512, 16, false);
        int mxcsr = checkedMxcsr(area.mxcsr());
        area.restoreX87();
        area.restoreXmm();
        cpu.mxcsr.value = mxcsr;
    }

    @Insn(enc = "NP 0F AE /6 M", name = "xsaveopt|xsaveopt64")
    static void xsaveopt(X86Cpu cpu, Instruction i) {
        xsave(cpu, i);
    }

    @Insn(enc = "NP 0F AE /4 M", name = "xsave|xsave64")
    static void xsave(X86Cpu cpu, Instruction i) {
        MsrInstructions.requireOsxsave(cpu);
        requireUnit(cpu, CR0_TS);
        StateArea area = area(cpu, i, XSAVE_SIZE, 64, true);
        long wanted = MsrInstructions.pair(cpu) & cpu.system.xcr0;
        long saved = area.load(XSAVE_HEADER, 8);
        if ((wanted & 1) != 0) {
            area.saveX87();
        }
        if ((wanted & 2) != 0) {
            area.saveMxcsr();
            area.saveXmm();
        }
        area.store(XSAVE_HEADER, 8, saved | wanted);
    }

    /** The standard form only: the compacted one comes with XSAVEC, which is not offered. */
    @Insn(enc = "NP 0F AE /5 M", name = "xrstor|xrstor64")
    static void xrstor(X86Cpu cpu, Instruction i) {
        MsrInstructions.requireOsxsave(cpu);
        requireUnit(cpu, CR0_TS);
        StateArea area = area(cpu, i, XSAVE_SIZE, 64, false);
        long saved = area.load(XSAVE_HEADER, 8);
        boolean reserved = area.load(XSAVE_HEADER + 8, 8) != 0 || area.load(XSAVE_HEADER + 16, 8) != 0;
        if ((saved & ~cpu.system.xcr0) != 0 || reserved) {
            throw Fault.gp(0, Reason.RESERVED_BITS, saved);
        }
        long wanted = MsrInstructions.pair(cpu) & cpu.system.xcr0;
        int mxcsr = (wanted & 2) != 0 ? checkedMxcsr(area.mxcsr()) : cpu.mxcsr.value;
        if ((wanted & 1) != 0) {
            if ((saved & 1) != 0) {
                area.restoreX87();
            } else {
                area.initializeX87();
            }
        }
        if ((wanted & 2) != 0) {
            if ((saved & 2) != 0) {
                area.restoreXmm();
            } else {
                area.initializeXmm();
            }
        }
        cpu.mxcsr.value = mxcsr;
    }

    private static void requireUnit(X86Cpu cpu, long forbidding) {
        if ((cpu.cr0 & forbidding) != 0) {
            throw Fault.of(Fault.NM, Reason.FPU_DISABLED);
        }
    }

    private static StateArea area(X86Cpu cpu, Instruction i, int size, int alignment, boolean write) {
        long linear = cpu.linear(i, size, write);
        if ((linear & alignment - 1) != 0) {
            throw Fault.gp(0, Reason.ALIGNMENT, linear);
        }
        if (write) {
            cpu.probeWrite(linear, size);
        } else {
            cpu.paging.probeRead(linear, size);
        }
        return new StateArea(cpu, linear, i);
    }
}
