package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * FNSTENV, FLDENV, FNSAVE, FRSTOR and their four layouts: words or doublewords (by operand size), with selectors and
 * offsets (protected mode) or linear addresses (real-address and virtual-8086 mode). Intel SDM vol. 1, 8.1.10, figures
 * 8-9 to 8-12.
 */
final class FpuEnvironment {
    private static final int REGISTERS = 8 * 10;
    private static final long UNUSED = 0xffff_0000L;

    private FpuEnvironment() {}

    /** Bytes of one field: 2 or 4; the environment has seven. */
    private static int field(Instruction i) {
        return i.operandSize == 2 ? 2 : 4;
    }

    @Insn(enc = "D9 /6 M", name = "fnstenv~")
    static void fnstenv(X86Cpu cpu, Instruction i) {
        cpu.fpu.require();
        int size = 7 * field(i);
        long linear = cpu.linear(i, size, true);
        cpu.probeWrite(linear, size);
        store(cpu, field(i), linear);
        cpu.fpu.setControl(cpu.fpu.control() | 0x3f);
    }

    @Insn(enc = "D9 /4 M", name = "fldenv~")
    static void fldenv(X86Cpu cpu, Instruction i) {
        cpu.fpu.enter();
        load(cpu, field(i), cpu.linear(i, 7 * field(i), false));
    }

    @Insn(enc = "DD /6 M", name = "fnsave~")
    static void fnsave(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.require();
        int environment = 7 * field(i);
        long linear = cpu.linear(i, environment + REGISTERS, true);
        cpu.probeWrite(linear, environment + REGISTERS);
        store(cpu, field(i), linear);
        for (int st = 0; st < 8; st++) {
            long at = linear + environment + 10 * st;
            cpu.store(at, 8, fpu.significand(st));
            cpu.store(at + 8, 2, fpu.se(st));
        }
        fpu.init();
    }

    @Insn(enc = "DD /4 M", name = "frstor~")
    static void frstor(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        int environment = 7 * field(i);
        long linear = cpu.linear(i, environment + REGISTERS, false);
        long[] significands = new long[8];
        int[] exponents = new int[8];
        for (int st = 0; st < 8; st++) {
            long at = linear + environment + 10 * st;
            significands[st] = cpu.load(at, 8);
            exponents[st] = (int) cpu.load(at + 8, 2);
        }
        load(cpu, field(i), linear);
        for (int st = 0; st < 8; st++) {
            fpu.setRegister(st, exponents[st], significands[st]);
        }
    }

    private static void store(X86Cpu cpu, int w, long linear) {
        Fpu fpu = cpu.fpu;
        cpu.store(linear, w, UNUSED | fpu.control());
        cpu.store(linear + w, w, UNUSED | fpu.status());
        cpu.store(linear + 2 * w, w, UNUSED | fpu.fullTag());
        if (cpu.realOrV86()) {
            storePointer(cpu, w, linear + 3 * w, fpu.instructionSelector, fpu.instructionOffset, fpu.opcode);
            storePointer(cpu, w, linear + 5 * w, fpu.dataSelector, fpu.dataOffset, 0);
        } else {
            cpu.store(linear + 3 * w, w, fpu.instructionOffset);
            cpu.store(linear + 4 * w, w, fpu.instructionSelector | (long) fpu.opcode << 16);
            cpu.store(linear + 5 * w, w, fpu.dataOffset);
            cpu.store(linear + 6 * w, w, UNUSED | fpu.dataSelector);
        }
    }

    /** A linear address: its low word, then the rest of it from bit 12 on, above the opcode. */
    private static void storePointer(X86Cpu cpu, int w, long at, int selector, long offset, int opcode) {
        long address = ((long) selector << 4) + offset;
        cpu.store(at, w, address & 0xffff);
        cpu.store(at + w, w, (address >> 16 & (w == 2 ? 0xf : 0xffff)) << 12 | opcode);
    }

    private static void load(X86Cpu cpu, int w, long linear) {
        Fpu fpu = cpu.fpu;
        long[] fields = new long[7];
        for (int n = 0; n < 7; n++) {
            fields[n] = cpu.load(linear + (long) n * w, w) & (w == 2 ? 0xffffL : 0xffff_ffffL);
        }
        fpu.setControl((int) fields[0]);
        fpu.setStatus((int) fields[1]);
        fpu.setFullTag((int) fields[2]);
        if (cpu.realOrV86()) {
            fpu.instructionSelector = 0;
            fpu.instructionOffset = fields[3] & 0xffff | fields[4] >> 12 << 16;
            fpu.opcode = (int) fields[4] & 0x7ff;
            fpu.dataSelector = 0;
            fpu.dataOffset = fields[5] & 0xffff | fields[6] >> 12 << 16;
        } else {
            fpu.instructionOffset = fields[3];
            fpu.instructionSelector = (int) fields[4] & 0xffff;
            fpu.opcode = w == 2 ? 0 : (int) (fields[4] >> 16) & 0x7ff;
            fpu.dataOffset = fields[5];
            fpu.dataSelector = (int) fields[6] & 0xffff;
        }
    }
}
