package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;

/**
 * Sums, differences and averages of packed integers, wrapping or saturating (Intel SDM vol. 1, 9.4 and 11.4; vol. 2
 * under each name).
 */
final class PackedAddition {
    private PackedAddition() {}

    @Insn(
            enc = {"NP 0F FC /r Pq,Qq", "66 0F FC /r Vx,Wx"},
            ops = "=a,b")
    static long paddb(long a, long b) {
        return Lanes.add(8, a, b);
    }

    @Insn(
            enc = {"NP 0F FD /r Pq,Qq", "66 0F FD /r Vx,Wx"},
            ops = "=a,b")
    static long paddw(long a, long b) {
        return Lanes.add(16, a, b);
    }

    @Insn(
            enc = {"NP 0F FE /r Pq,Qq", "66 0F FE /r Vx,Wx"},
            ops = "=a,b")
    static long paddd(long a, long b) {
        return Lanes.add(32, a, b);
    }

    @Insn(
            enc = {"NP 0F D4 /r Pq,Qq", "66 0F D4 /r Vx,Wx"},
            ops = "=a,b")
    static long paddq(long a, long b) {
        return a + b;
    }

    @Insn(
            enc = {"NP 0F F8 /r Pq,Qq", "66 0F F8 /r Vx,Wx"},
            ops = "=a,b")
    static long psubb(long a, long b) {
        return Lanes.subtract(8, a, b);
    }

    @Insn(
            enc = {"NP 0F F9 /r Pq,Qq", "66 0F F9 /r Vx,Wx"},
            ops = "=a,b")
    static long psubw(long a, long b) {
        return Lanes.subtract(16, a, b);
    }

    @Insn(
            enc = {"NP 0F FA /r Pq,Qq", "66 0F FA /r Vx,Wx"},
            ops = "=a,b")
    static long psubd(long a, long b) {
        return Lanes.subtract(32, a, b);
    }

    @Insn(
            enc = {"NP 0F FB /r Pq,Qq", "66 0F FB /r Vx,Wx"},
            ops = "=a,b")
    static long psubq(long a, long b) {
        return a - b;
    }

    @Insn(
            enc = {"NP 0F EC /r Pq,Qq", "66 0F EC /r Vx,Wx"},
            ops = "=a,b")
    static long paddsb(long a, long b) {
        return addSigned(8, a, b);
    }

    @Insn(
            enc = {"NP 0F ED /r Pq,Qq", "66 0F ED /r Vx,Wx"},
            ops = "=a,b")
    static long paddsw(long a, long b) {
        return addSigned(16, a, b);
    }

    @Insn(
            enc = {"NP 0F E8 /r Pq,Qq", "66 0F E8 /r Vx,Wx"},
            ops = "=a,b")
    static long psubsb(long a, long b) {
        return subtractSigned(8, a, b);
    }

    @Insn(
            enc = {"NP 0F E9 /r Pq,Qq", "66 0F E9 /r Vx,Wx"},
            ops = "=a,b")
    static long psubsw(long a, long b) {
        return subtractSigned(16, a, b);
    }

    private static long addSigned(int w, long a, long b) {
        long sum = Lanes.add(w, a, b);
        return saturate(w, a, sum, ~(a ^ b) & (a ^ sum));
    }

    private static long subtractSigned(int w, long a, long b) {
        long difference = Lanes.subtract(w, a, b);
        return saturate(w, a, difference, (a ^ b) & (a ^ difference));
    }

    /** Where the top bit of {@code overflow} is set: the limit on the side of a. */
    private static long saturate(int w, long a, long result, long overflow) {
        long tops = Lanes.tops(w);
        long limits = ~tops + ((a & tops) >>> w - 1);
        return Lanes.select(Lanes.spread(w, overflow & tops), limits, result);
    }

    @Insn(
            enc = {"NP 0F DC /r Pq,Qq", "66 0F DC /r Vx,Wx"},
            ops = "=a,b")
    static long paddusb(long a, long b) {
        return addUnsigned(8, a, b);
    }

    @Insn(
            enc = {"NP 0F DD /r Pq,Qq", "66 0F DD /r Vx,Wx"},
            ops = "=a,b")
    static long paddusw(long a, long b) {
        return addUnsigned(16, a, b);
    }

    @Insn(
            enc = {"NP 0F D8 /r Pq,Qq", "66 0F D8 /r Vx,Wx"},
            ops = "=a,b")
    static long psubusb(long a, long b) {
        return subtractUnsigned(8, a, b);
    }

    @Insn(
            enc = {"NP 0F D9 /r Pq,Qq", "66 0F D9 /r Vx,Wx"},
            ops = "=a,b")
    static long psubusw(long a, long b) {
        return subtractUnsigned(16, a, b);
    }

    private static long addUnsigned(int w, long a, long b) {
        long sum = Lanes.add(w, a, b);
        long carry = a & b | (a | b) & ~sum;
        return sum | Lanes.spread(w, carry & Lanes.tops(w));
    }

    private static long subtractUnsigned(int w, long a, long b) {
        return Lanes.subtract(w, a, b) & Lanes.atLeast(w, a, b);
    }

    @Insn(
            enc = {"NP 0F E0 /r Pq,Qq", "66 0F E0 /r Vx,Wx"},
            ops = "=a,b")
    static long pavgb(long a, long b) {
        return average(8, a, b);
    }

    @Insn(
            enc = {"NP 0F E3 /r Pq,Qq", "66 0F E3 /r Vx,Wx"},
            ops = "=a,b")
    static long pavgw(long a, long b) {
        return average(16, a, b);
    }

    /** Rounded up: the bits of either less half of those of only one. */
    private static long average(int w, long a, long b) {
        return (a | b) - ((a ^ b) >>> 1 & ~Lanes.tops(w));
    }

    @Insn(
            enc = {"NP 0F 38 01 /r Pq,Qq", "66 0F 38 01 /r Vx,Wx"},
            ops = "=a:b")
    static long phaddw(long x, long y) {
        return Lanes.add(16, evenWords(x, y), oddWords(x, y));
    }

    @Insn(
            enc = {"NP 0F 38 02 /r Pq,Qq", "66 0F 38 02 /r Vx,Wx"},
            ops = "=a:b")
    static long phaddd(long x, long y) {
        return Lanes.add(32, evenDwords(x, y), oddDwords(x, y));
    }

    @Insn(
            enc = {"NP 0F 38 03 /r Pq,Qq", "66 0F 38 03 /r Vx,Wx"},
            ops = "=a:b")
    static long phaddsw(long x, long y) {
        return addSigned(16, evenWords(x, y), oddWords(x, y));
    }

    @Insn(
            enc = {"NP 0F 38 05 /r Pq,Qq", "66 0F 38 05 /r Vx,Wx"},
            ops = "=a:b")
    static long phsubw(long x, long y) {
        return Lanes.subtract(16, evenWords(x, y), oddWords(x, y));
    }

    @Insn(
            enc = {"NP 0F 38 06 /r Pq,Qq", "66 0F 38 06 /r Vx,Wx"},
            ops = "=a:b")
    static long phsubd(long x, long y) {
        return Lanes.subtract(32, evenDwords(x, y), oddDwords(x, y));
    }

    @Insn(
            enc = {"NP 0F 38 07 /r Pq,Qq", "66 0F 38 07 /r Vx,Wx"},
            ops = "=a:b")
    static long phsubsw(long x, long y) {
        return subtractSigned(16, evenWords(x, y), oddWords(x, y));
    }

    private static long evenWords(long x, long y) {
        return pack(x) | pack(y) << 32;
    }

    private static long oddWords(long x, long y) {
        return pack(x >>> 16) | pack(y >>> 16) << 32;
    }

    /** Words 0 and 2 side by side. */
    private static long pack(long x) {
        return x & 0xffff | x >>> 16 & 0xffff_0000L;
    }

    private static long evenDwords(long x, long y) {
        return x & 0xffff_ffffL | y << 32;
    }

    private static long oddDwords(long x, long y) {
        return x >>> 32 | y & 0xffff_ffff_0000_0000L;
    }
}
