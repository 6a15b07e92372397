package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import dev.ringscope.emulator.x86.fpu.SseFloat;

/**
 * Sums across the lanes, alternating sums and dot products (Intel SDM vol. 1, 12.3.3 and 12.10.7; vol. 2 under each
 * name).
 */
final class SseHorizontalFloat {
    private static final long SINGLE = 0xffff_ffffL;

    private SseHorizontalFloat() {}

    @Insn(
            enc = {"F2 0F 7C /r Vx,Wx"},
            ops = "=a:b")
    static long haddps(Mxcsr mxcsr, long x, long y) {
        return sum(mxcsr, x) | sum(mxcsr, y) << 32;
    }

    /** The sum of both floats of a half. */
    private static long sum(Mxcsr mxcsr, long pair) {
        return SseFloat.addss(mxcsr, pair & SINGLE, pair >>> 32) & SINGLE;
    }

    @Insn(
            enc = {"F2 0F 7D /r Vx,Wx"},
            ops = "=a:b")
    static long hsubps(Mxcsr mxcsr, long x, long y) {
        return difference(mxcsr, x) | difference(mxcsr, y) << 32;
    }

    private static long difference(Mxcsr mxcsr, long pair) {
        return SseFloat.subss(mxcsr, pair & SINGLE, pair >>> 32) & SINGLE;
    }

    @Insn(
            enc = {"66 0F 7C /r Vx,Wx"},
            ops = "=a:b")
    static long haddpd(Mxcsr mxcsr, long x, long y) {
        return SseFloat.addsd(mxcsr, x, y);
    }

    @Insn(
            enc = {"66 0F 7D /r Vx,Wx"},
            ops = "=a:b")
    static long hsubpd(Mxcsr mxcsr, long x, long y) {
        return SseFloat.subsd(mxcsr, x, y);
    }

    @Insn(
            enc = {"F2 0F D0 /r Vx,Wx"},
            ops = "=a,b")
    static long addsubps(Mxcsr mxcsr, long a, long b) {
        long low = SseFloat.subss(mxcsr, a & SINGLE, b & SINGLE);
        return low & SINGLE | SseFloat.addss(mxcsr, a >>> 32, b >>> 32) << 32;
    }

    @Insn(enc = {"66 0F D0 /r Vx,Wx"})
    static void addsubpd(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        long low = SseFloat.subsd(cpu.mxcsr, a.low(), b.low());
        long high = SseFloat.addsd(cpu.mxcsr, a.high(), b.high());
        cpu.requireNoSimdException();
        Xmm.put(cpu, i, low, high);
    }

    @Insn(enc = {"66 0F 3A 40 /r Vx,Wx,Ib"})
    static void dpps(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        Mxcsr mxcsr = cpu.mxcsr;
        long[] product = new long[4];
        for (int n = 0; n < 4; n++) {
            product[n] = (i.imm >> 4 + n & 1) != 0 ? SseFloat.mulss(mxcsr, a.dword(n), b.dword(n)) : 0;
        }
        cpu.requireNoSimdException();
        long low = SseFloat.addss(mxcsr, product[0], product[1]);
        long high = SseFloat.addss(mxcsr, product[2], product[3]);
        cpu.requireNoSimdException();
        long sum = SseFloat.addss(mxcsr, low, high) & SINGLE;
        cpu.requireNoSimdException();
        Xmm.put(cpu, i, chosen(i, 0, sum) | chosen(i, 1, sum) << 32, chosen(i, 2, sum) | chosen(i, 3, sum) << 32);
    }

    @Insn(enc = {"66 0F 3A 41 /r Vx,Wx,Ib"})
    static void dppd(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        Mxcsr mxcsr = cpu.mxcsr;
        long low = (i.imm & 0x10) != 0 ? SseFloat.mulsd(mxcsr, a.low(), b.low()) : 0;
        long high = (i.imm & 0x20) != 0 ? SseFloat.mulsd(mxcsr, a.high(), b.high()) : 0;
        cpu.requireNoSimdException();
        long sum = SseFloat.addsd(mxcsr, low, high);
        cpu.requireNoSimdException();
        Xmm.put(cpu, i, chosen(i, 0, sum), chosen(i, 1, sum));
    }

    /** The sum where the immediate's bit n asks for it, else +0. */
    private static long chosen(Instruction i, int n, long sum) {
        return (i.imm >> n & 1) != 0 ? sum : 0;
    }
}
