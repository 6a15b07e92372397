package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Mxcsr;

/**
 * The 512 bytes that FXSAVE and the legacy region of XSAVE have in common (Intel SDM vol. 1, table 10-2 and 13.4.1):
 * x87 control words and pointers, MXCSR, eight registers of ten bytes every sixteen, XMM registers: sixteen in 64-bit
 * code, else eight.
 */
final class StateArea {
    private static final int MXCSR = 24;
    private static final int REGISTERS = 32;
    private static final int XMM = 160;

    private final X86Cpu cpu;
    private final long linear;
    /** With REX.W the pointers are offsets of 64 bits without selectors. */
    private final boolean widePointers;

    private final int xmmRegisters;

    StateArea(X86Cpu cpu, long linear, Instruction i) {
        this.cpu = cpu;
        this.linear = linear;
        widePointers = i.is64() && (i.rex & 8) != 0;
        xmmRegisters = i.is64() ? 16 : 8;
    }

    long load(int offset, int size) {
        return cpu.load(linear + offset, size);
    }

    void store(int offset, int size, long value) {
        cpu.store(linear + offset, size, value);
    }

    private int word(int offset) {
        return (int) load(offset, 2) & 0xffff;
    }

    // ---- x87 --------------------------------------------------------------------------------------------------------

    void saveX87() {
        Fpu fpu = cpu.fpu;
        store(0, 2, fpu.control());
        store(2, 2, fpu.status());
        store(4, 2, fpu.abridgedTag());
        store(6, 2, fpu.opcode);
        savePointer(8, fpu.instructionOffset, fpu.instructionSelector);
        savePointer(16, fpu.dataOffset, fpu.dataSelector);
        for (int st = 0; st < 8; st++) {
            store(REGISTERS + 16 * st, 8, fpu.significand(st));
            store(REGISTERS + 16 * st + 8, 8, fpu.se(st));
        }
    }

    private void savePointer(int offset, long pointer, int selector) {
        store(offset, 8, widePointers ? pointer : (long) selector << 32 | pointer & 0xffff_ffffL);
    }

    void restoreX87() {
        Fpu fpu = cpu.fpu;
        fpu.setControl(word(0));
        fpu.setStatus(word(2));
        fpu.setAbridgedTag(word(4));
        fpu.opcode = word(6) & 0x7ff;
        fpu.instructionOffset = widePointers ? load(8, 8) : load(8, 4) & 0xffff_ffffL;
        fpu.instructionSelector = widePointers ? 0 : word(12);
        fpu.dataOffset = widePointers ? load(16, 8) : load(16, 4) & 0xffff_ffffL;
        fpu.dataSelector = widePointers ? 0 : word(20);
        for (int st = 0; st < 8; st++) {
            fpu.setRegister(st, word(REGISTERS + 16 * st + 8), load(REGISTERS + 16 * st, 8));
        }
    }

    /** The initial configuration of SDM vol. 1, 13.6: FNINIT's, and registers of zero. */
    void initializeX87() {
        cpu.fpu.init();
        for (int st = 0; st < 8; st++) {
            cpu.fpu.setRegister(st, 0, 0);
        }
    }

    // ---- SSE --------------------------------------------------------------------------------------------------------

    void saveMxcsr() {
        store(MXCSR, 4, cpu.mxcsr.value);
        store(MXCSR + 4, 4, Mxcsr.WRITABLE);
    }

    long mxcsr() {
        return load(MXCSR, 4) & 0xffff_ffffL;
    }

    void saveXmm() {
        for (int half = 0; half < 2 * xmmRegisters; half++) {
            store(XMM + 8 * half, 8, cpu.xmm[half]);
        }
    }

    void restoreXmm() {
        for (int half = 0; half < 2 * xmmRegisters; half++) {
            cpu.xmm[half] = load(XMM + 8 * half, 8);
        }
    }

    void initializeXmm() {
        for (int half = 0; half < 2 * xmmRegisters; half++) {
            cpu.xmm[half] = 0;
        }
    }
}
