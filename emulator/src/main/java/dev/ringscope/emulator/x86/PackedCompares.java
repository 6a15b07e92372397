package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;

/** Comparisons, minima, maxima, signs and absolute values of packed integers (Intel SDM vol. 2 under each name). */
final class PackedCompares {
    private PackedCompares() {}

    @Insn(
            enc = {"NP 0F 74 /r Pq,Qq", "66 0F 74 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpeqb(long a, long b) {
        return Lanes.equal(8, a, b);
    }

    @Insn(
            enc = {"NP 0F 75 /r Pq,Qq", "66 0F 75 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpeqw(long a, long b) {
        return Lanes.equal(16, a, b);
    }

    @Insn(
            enc = {"NP 0F 76 /r Pq,Qq", "66 0F 76 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpeqd(long a, long b) {
        return Lanes.equal(32, a, b);
    }

    @Insn(
            enc = {"66 0F 38 29 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpeqq(long a, long b) {
        return a == b ? -1 : 0;
    }

    @Insn(
            enc = {"NP 0F 64 /r Pq,Qq", "66 0F 64 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpgtb(long a, long b) {
        return Lanes.greater(8, a, b);
    }

    @Insn(
            enc = {"NP 0F 65 /r Pq,Qq", "66 0F 65 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpgtw(long a, long b) {
        return Lanes.greater(16, a, b);
    }

    @Insn(
            enc = {"NP 0F 66 /r Pq,Qq", "66 0F 66 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpgtd(long a, long b) {
        return Lanes.greater(32, a, b);
    }

    @Insn(
            enc = {"66 0F 38 37 /r Vx,Wx"},
            ops = "=a,b")
    static long pcmpgtq(long a, long b) {
        return a > b ? -1 : 0;
    }

    @Insn(
            enc = {"NP 0F DA /r Pq,Qq", "66 0F DA /r Vx,Wx"},
            ops = "=a,b")
    static long pminub(long a, long b) {
        return Lanes.select(Lanes.atLeast(8, a, b), b, a);
    }

    @Insn(
            enc = {"66 0F 38 3A /r Vx,Wx"},
            ops = "=a,b")
    static long pminuw(long a, long b) {
        return Lanes.select(Lanes.atLeast(16, a, b), b, a);
    }

    @Insn(
            enc = {"66 0F 38 3B /r Vx,Wx"},
            ops = "=a,b")
    static long pminud(long a, long b) {
        return Lanes.select(Lanes.atLeast(32, a, b), b, a);
    }

    @Insn(
            enc = {"66 0F 38 38 /r Vx,Wx"},
            ops = "=a,b")
    static long pminsb(long a, long b) {
        return Lanes.select(Lanes.greater(8, a, b), b, a);
    }

    @Insn(
            enc = {"NP 0F EA /r Pq,Qq", "66 0F EA /r Vx,Wx"},
            ops = "=a,b")
    static long pminsw(long a, long b) {
        return Lanes.select(Lanes.greater(16, a, b), b, a);
    }

    @Insn(
            enc = {"66 0F 38 39 /r Vx,Wx"},
            ops = "=a,b")
    static long pminsd(long a, long b) {
        return Lanes.select(Lanes.greater(32, a, b), b, a);
    }

    @Insn(
            enc = {"NP 0F DE /r Pq,Qq", "66 0F DE /r Vx,Wx"},
            ops = "=a,b")
    static long pmaxub(long a, long b) {
        return Lanes.select(Lanes.atLeast(8, a, b), a, b);
    }

    @Insn(
            enc = {"66 0F 38 3E /r Vx,Wx"},
            ops = "=a,b")
    static long pmaxuw(long a, long b) {
        return Lanes.select(Lanes.atLeast(16, a, b), a, b);
    }

    @Insn(
            enc = {"66 0F 38 3F /r Vx,Wx"},
            ops = "=a,b")
    static long pmaxud(long a, long b) {
        return Lanes.select(Lanes.atLeast(32, a, b), a, b);
    }

    @Insn(
            enc = {"66 0F 38 3C /r Vx,Wx"},
            ops = "=a,b")
    static long pmaxsb(long a, long b) {
        return Lanes.select(Lanes.greater(8, a, b), a, b);
    }

    @Insn(
            enc = {"NP 0F EE /r Pq,Qq", "66 0F EE /r Vx,Wx"},
            ops = "=a,b")
    static long pmaxsw(long a, long b) {
        return Lanes.select(Lanes.greater(16, a, b), a, b);
    }

    @Insn(
            enc = {"66 0F 38 3D /r Vx,Wx"},
            ops = "=a,b")
    static long pmaxsd(long a, long b) {
        return Lanes.select(Lanes.greater(32, a, b), a, b);
    }

    @Insn(
            enc = {"NP 0F 38 1C /r Pq,Qq", "66 0F 38 1C /r Vx,Wx"},
            ops = ">a,b")
    static long pabsb(long b) {
        return magnitude(8, b);
    }

    @Insn(
            enc = {"NP 0F 38 1D /r Pq,Qq", "66 0F 38 1D /r Vx,Wx"},
            ops = ">a,b")
    static long pabsw(long b) {
        return magnitude(16, b);
    }

    @Insn(
            enc = {"NP 0F 38 1E /r Pq,Qq", "66 0F 38 1E /r Vx,Wx"},
            ops = ">a,b")
    static long pabsd(long b) {
        return magnitude(32, b);
    }

    private static long magnitude(int w, long b) {
        return negate(w, Lanes.spread(w, b & Lanes.tops(w)), b);
    }

    @Insn(
            enc = {"NP 0F 38 08 /r Pq,Qq", "66 0F 38 08 /r Vx,Wx"},
            ops = "=a,b")
    static long psignb(long a, long b) {
        return sign(8, a, b);
    }

    @Insn(
            enc = {"NP 0F 38 09 /r Pq,Qq", "66 0F 38 09 /r Vx,Wx"},
            ops = "=a,b")
    static long psignw(long a, long b) {
        return sign(16, a, b);
    }

    @Insn(
            enc = {"NP 0F 38 0A /r Pq,Qq", "66 0F 38 0A /r Vx,Wx"},
            ops = "=a,b")
    static long psignd(long a, long b) {
        return sign(32, a, b);
    }

    private static long sign(int w, long a, long b) {
        return negate(w, Lanes.spread(w, b & Lanes.tops(w)), a) & ~Lanes.equal(w, b, 0);
    }

    /** -a in the lanes of the mask. */
    private static long negate(int w, long mask, long a) {
        return Lanes.subtract(w, a ^ mask, mask);
    }
}
