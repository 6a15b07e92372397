package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import dev.ringscope.emulator.x86.fpu.SseConvert;
import dev.ringscope.emulator.x86.fpu.SseFloat;

/**
 * Floating-point arithmetic on packed floats (two in a half) and doubles: the scalar operations lane by lane (Intel SDM
 * vol. 2).
 */
final class SsePackedFloat {
    private SsePackedFloat() {}

    @Insn(
            enc = {"NP 0F 58 /r Vx,Wx"},
            ops = "=a,b")
    static long addps(Mxcsr mxcsr, long a, long b) {
        return Lanes.singles(a, b, (x, y) -> SseFloat.addss(mxcsr, x, y));
    }

    @Insn(
            enc = {"66 0F 58 /r Vx,Wx"},
            ops = "=a,b")
    static long addpd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.addsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"NP 0F 59 /r Vx,Wx"},
            ops = "=a,b")
    static long mulps(Mxcsr mxcsr, long a, long b) {
        return Lanes.singles(a, b, (x, y) -> SseFloat.mulss(mxcsr, x, y));
    }

    @Insn(
            enc = {"66 0F 59 /r Vx,Wx"},
            ops = "=a,b")
    static long mulpd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.mulsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"NP 0F 5C /r Vx,Wx"},
            ops = "=a,b")
    static long subps(Mxcsr mxcsr, long a, long b) {
        return Lanes.singles(a, b, (x, y) -> SseFloat.subss(mxcsr, x, y));
    }

    @Insn(
            enc = {"66 0F 5C /r Vx,Wx"},
            ops = "=a,b")
    static long subpd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.subsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"NP 0F 5D /r Vx,Wx"},
            ops = "=a,b")
    static long minps(Mxcsr mxcsr, long a, long b) {
        return Lanes.singles(a, b, (x, y) -> SseFloat.minss(mxcsr, x, y));
    }

    @Insn(
            enc = {"66 0F 5D /r Vx,Wx"},
            ops = "=a,b")
    static long minpd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.minsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"NP 0F 5E /r Vx,Wx"},
            ops = "=a,b")
    static long divps(Mxcsr mxcsr, long a, long b) {
        return Lanes.singles(a, b, (x, y) -> SseFloat.divss(mxcsr, x, y));
    }

    @Insn(
            enc = {"66 0F 5E /r Vx,Wx"},
            ops = "=a,b")
    static long divpd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.divsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"NP 0F 5F /r Vx,Wx"},
            ops = "=a,b")
    static long maxps(Mxcsr mxcsr, long a, long b) {
        return Lanes.singles(a, b, (x, y) -> SseFloat.maxss(mxcsr, x, y));
    }

    @Insn(
            enc = {"66 0F 5F /r Vx,Wx"},
            ops = "=a,b")
    static long maxpd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.maxsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"NP 0F 51 /r Vx,Wx"},
            ops = ">a,b")
    static long sqrtps(Mxcsr mxcsr, long b) {
        return Lanes.singles(b, x -> SseFloat.sqrtss(mxcsr, x));
    }

    @Insn(
            enc = {"66 0F 51 /r Vx,Wx"},
            ops = ">a,b")
    static long sqrtpd(Mxcsr mxcsr, long b) {
        return SseFloat.sqrtsd(mxcsr, b);
    }

    @Insn(
            enc = {"NP 0F 53 /r Vx,Wx"},
            ops = ">a,b")
    static long rcpps(long b) {
        return Lanes.singles(b, x -> SseConvert.rcpss(x));
    }

    @Insn(
            enc = {"NP 0F 52 /r Vx,Wx"},
            ops = ">a,b")
    static long rsqrtps(long b) {
        return Lanes.singles(b, x -> SseConvert.rsqrtss(x));
    }

    @Insn(
            enc = {"66 0F 3A 08 /r Vx,Wx,Ib"},
            ops = ">a,b,d")
    static long roundps(Mxcsr mxcsr, long b, long d) {
        return Lanes.singles(b, x -> SseConvert.roundss(mxcsr, x, (int) d));
    }

    @Insn(
            enc = {"66 0F 3A 09 /r Vx,Wx,Ib"},
            ops = ">a,b,d")
    static long roundpd(Mxcsr mxcsr, long b, long d) {
        return SseConvert.roundsd(mxcsr, b, (int) d);
    }
}
