package dev.ringscope.emulator.user;

import dev.ringscope.emulator.x86.Fpu;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import java.nio.ByteBuffer;

/** The program's x87 and SSE registers as FXSAVE64 lays them out (Intel SDM vol. 1, table 10-2), for signal frames. */
final class FpuState {
    static final int SIZE = 512;
    private static final int MXCSR = 24, REGISTERS = 32, XMM = 160;

    private FpuState() {}

    /** What the processor holds now. */
    static byte[] of(X86Cpu cpu) {
        Fpu fpu = cpu.fpu;
        ByteBuffer b = UserMemory.zeros(SIZE);
        b.putShort(0, (short) fpu.control()).putShort(2, (short) fpu.status()).put(4, (byte) fpu.abridgedTag());
        b.putShort(6, (short) fpu.opcode).putLong(8, fpu.instructionOffset).putLong(16, fpu.dataOffset);
        b.putInt(MXCSR, cpu.mxcsr.value).putInt(MXCSR + 4, Mxcsr.WRITABLE);
        for (int st = 0; st < 8; st++) {
            b.putLong(REGISTERS + 16 * st, fpu.significand(st)).putShort(REGISTERS + 16 * st + 8, (short) fpu.se(st));
        }
        for (int half = 0; half < 32; half++) {
            b.putLong(XMM + 8 * half, cpu.xmm[half]);
        }
        return b.array();
    }

    /** What a program and a signal's handler start with. */
    static byte[] initial() {
        return UserMemory.zeros(SIZE)
                .putShort(0, (short) 0x37f)
                .putInt(MXCSR, Mxcsr.RESET)
                .array();
    }

    /** The same without bits of MXCSR at which FXRSTOR would fault. */
    static byte[] valid(byte[] state) {
        ByteBuffer b = UserMemory.zeros(SIZE).put(0, state);
        return b.putInt(MXCSR, b.getInt(MXCSR) & Mxcsr.WRITABLE).array();
    }
}
