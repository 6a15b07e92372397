package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import dev.ringscope.emulator.x86.fpu.SseConvert;
import dev.ringscope.emulator.x86.fpu.SseFloat;

/**
 * Floating-point arithmetic of SSE and SSE2 on scalars: a float or a double in the low end of an XMM register (Intel
 * SDM vol. 2).
 */
final class SseScalarFloat {
    private SseScalarFloat() {}

    @Insn(
            enc = {"F3 0F 58 /r Vd,Wd"},
            ops = "=a,b")
    static long addss(Mxcsr mxcsr, long a, long b) {
        return SseFloat.addss(mxcsr, a, b);
    }

    @Insn(
            enc = {"F2 0F 58 /r Vq,Wq"},
            ops = "=a,b")
    static long addsd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.addsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"F3 0F 59 /r Vd,Wd"},
            ops = "=a,b")
    static long mulss(Mxcsr mxcsr, long a, long b) {
        return SseFloat.mulss(mxcsr, a, b);
    }

    @Insn(
            enc = {"F2 0F 59 /r Vq,Wq"},
            ops = "=a,b")
    static long mulsd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.mulsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"F3 0F 5C /r Vd,Wd"},
            ops = "=a,b")
    static long subss(Mxcsr mxcsr, long a, long b) {
        return SseFloat.subss(mxcsr, a, b);
    }

    @Insn(
            enc = {"F2 0F 5C /r Vq,Wq"},
            ops = "=a,b")
    static long subsd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.subsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"F3 0F 5D /r Vd,Wd"},
            ops = "=a,b")
    static long minss(Mxcsr mxcsr, long a, long b) {
        return SseFloat.minss(mxcsr, a, b);
    }

    @Insn(
            enc = {"F2 0F 5D /r Vq,Wq"},
            ops = "=a,b")
    static long minsd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.minsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"F3 0F 5E /r Vd,Wd"},
            ops = "=a,b")
    static long divss(Mxcsr mxcsr, long a, long b) {
        return SseFloat.divss(mxcsr, a, b);
    }

    @Insn(
            enc = {"F2 0F 5E /r Vq,Wq"},
            ops = "=a,b")
    static long divsd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.divsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"F3 0F 5F /r Vd,Wd"},
            ops = "=a,b")
    static long maxss(Mxcsr mxcsr, long a, long b) {
        return SseFloat.maxss(mxcsr, a, b);
    }

    @Insn(
            enc = {"F2 0F 5F /r Vq,Wq"},
            ops = "=a,b")
    static long maxsd(Mxcsr mxcsr, long a, long b) {
        return SseFloat.maxsd(mxcsr, a, b);
    }

    @Insn(
            enc = {"F3 0F 51 /r Vd,Wd"},
            ops = ">a,b")
    static long sqrtss(Mxcsr mxcsr, long b) {
        return SseFloat.sqrtss(mxcsr, b);
    }

    @Insn(
            enc = {"F2 0F 51 /r Vq,Wq"},
            ops = ">a,b")
    static long sqrtsd(Mxcsr mxcsr, long b) {
        return SseFloat.sqrtsd(mxcsr, b);
    }

    @Insn(
            enc = {"F3 0F 53 /r Vd,Wd"},
            ops = ">a,b")
    static long rcpss(long b) {
        return SseConvert.rcpss(b);
    }

    @Insn(
            enc = {"F3 0F 52 /r Vd,Wd"},
            ops = ">a,b")
    static long rsqrtss(long b) {
        return SseConvert.rsqrtss(b);
    }

    @Insn(
            enc = {"66 0F 3A 0A /r Vd,Wd,Ib"},
            ops = ">a,b,d")
    static long roundss(Mxcsr mxcsr, long b, long d) {
        return SseConvert.roundss(mxcsr, b, (int) d);
    }

    @Insn(
            enc = {"66 0F 3A 0B /r Vq,Wq,Ib"},
            ops = ">a,b,d")
    static long roundsd(Mxcsr mxcsr, long b, long d) {
        return SseConvert.roundsd(mxcsr, b, (int) d);
    }
}
