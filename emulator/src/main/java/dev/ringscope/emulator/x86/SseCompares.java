package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import dev.ringscope.emulator.x86.fpu.SseCompare;

/** Comparisons of floating-point numbers, to a mask or to EFLAGS (Intel SDM vol. 2 under each name). */
final class SseCompares {
    /** Without VEX only the low three bits of the immediate say what is compared. */
    private static final int PREDICATE = 7;

    private SseCompares() {}

    @Insn(
            enc = {"NP 0F C2 /r Vx,Wx,Ib"},
            ops = "=a,b,d",
            name = "cmp*ps")
    static long cmpps(Mxcsr mxcsr, long a, long b, long d) {
        return Lanes.singles(a, b, (x, y) -> SseCompare.cmpss(mxcsr, x, y, (int) d & PREDICATE));
    }

    @Insn(
            enc = {"66 0F C2 /r Vx,Wx,Ib"},
            ops = "=a,b,d",
            name = "cmp*pd")
    static long cmppd(Mxcsr mxcsr, long a, long b, long d) {
        return SseCompare.cmpsd(mxcsr, a, b, (int) d & PREDICATE);
    }

    @Insn(
            enc = {"F3 0F C2 /r Vd,Wd,Ib"},
            ops = "=a,b,d",
            name = "cmp*ss")
    static long cmpss(Mxcsr mxcsr, long a, long b, long d) {
        return SseCompare.cmpss(mxcsr, a, b, (int) d & PREDICATE);
    }

    @Insn(
            enc = {"F2 0F C2 /r Vq,Wq,Ib"},
            ops = "=a,b,d",
            name = "cmp*sd")
    static long cmpsd(Mxcsr mxcsr, long a, long b, long d) {
        return SseCompare.cmpsd(mxcsr, a, b, (int) d & PREDICATE);
    }

    @Insn(
            enc = {"NP 0F 2E /r Vd,Wd"},
            ops = "a,b",
            flags = "given")
    static long ucomiss(Mxcsr mxcsr, long a, long b) {
        return SseCompare.ucomiss(mxcsr, a, b);
    }

    @Insn(
            enc = {"66 0F 2E /r Vq,Wq"},
            ops = "a,b",
            flags = "given")
    static long ucomisd(Mxcsr mxcsr, long a, long b) {
        return SseCompare.ucomisd(mxcsr, a, b);
    }

    @Insn(
            enc = {"NP 0F 2F /r Vd,Wd"},
            ops = "a,b",
            flags = "given")
    static long comiss(Mxcsr mxcsr, long a, long b) {
        return SseCompare.comiss(mxcsr, a, b);
    }

    @Insn(
            enc = {"66 0F 2F /r Vq,Wq"},
            ops = "a,b",
            flags = "given")
    static long comisd(Mxcsr mxcsr, long a, long b) {
        return SseCompare.comisd(mxcsr, a, b);
    }
}
