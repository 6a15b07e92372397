package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Instruction;

/**
 * The value of a 16-byte operand, and how definitions that need all of it at once reach it. Lanes count from the low
 * end.
 */
record Xmm(long low, long high) {
    /** XMM register n. */
    static Xmm register(X86Cpu cpu, int n) {
        return new Xmm(cpu.xmm[2 * n], cpu.xmm[2 * n + 1]);
    }

    /** The ModRM.reg operand. */
    static Xmm v(X86Cpu cpu, Instruction i) {
        return register(cpu, i.reg);
    }

    /** The ModRM.rm operand; in memory it must be aligned. */
    static Xmm w(X86Cpu cpu, Instruction i) {
        if (i.memory) {
            long linear = cpu.linear(i, 16, false);
            cpu.requireAligned(linear);
            return load(cpu, linear);
        }
        return register(cpu, i.rm);
    }

    /** The ModRM.rm operand; in memory it may be anywhere. */
    static Xmm wUnaligned(X86Cpu cpu, Instruction i) {
        return i.memory ? load(cpu, cpu.linear(i, 16, false)) : register(cpu, i.rm);
    }

    private static Xmm load(X86Cpu cpu, long linear) {
        long low = cpu.load(linear, 8);
        return new Xmm(low, cpu.load(linear + 8, 8));
    }

    /**
     * The low half of the ModRM.rm operand; in memory it has {@code size} bytes (1, 2, 4, 8), which come sign-extended.
     */
    static long wLow(X86Cpu cpu, Instruction i, int size) {
        return i.memory ? cpu.load(cpu.linear(i, size, false), size) : cpu.xmm[2 * i.rm];
    }

    /** Replaces the ModRM.reg register. */
    static void put(X86Cpu cpu, Instruction i, long low, long high) {
        cpu.xmm[2 * i.reg] = low;
        cpu.xmm[2 * i.reg + 1] = high;
    }

    /** Half 0 or 1. */
    long half(int n) {
        return n == 0 ? low : high;
    }

    /** Doubleword 0..3, zero-extended. */
    long dword(int n) {
        return half(n >> 1) >>> 32 * (n & 1) & 0xffff_ffffL;
    }

    /** Word 0..7, zero-extended. */
    int word(int n) {
        return (int) (half(n >> 2) >>> 16 * (n & 3)) & 0xffff;
    }

    /** Byte 0..15, zero-extended. */
    int octet(int n) {
        return (int) (half(n >> 3) >>> 8 * (n & 7)) & 0xff;
    }
}
