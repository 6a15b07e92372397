package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;

/** Products of packed integers, sums of products and of differences (Intel SDM vol. 2 under each name). */
final class PackedMultiplication {
    private PackedMultiplication() {}

    @Insn(
            enc = {"NP 0F D5 /r Pq,Qq", "66 0F D5 /r Vx,Wx"},
            ops = "=a,b")
    static long pmullw(long a, long b) {
        return Lanes.words(a, b, (x, y) -> x * y);
    }

    @Insn(
            enc = {"NP 0F E5 /r Pq,Qq", "66 0F E5 /r Vx,Wx"},
            ops = "=a,b")
    static long pmulhw(long a, long b) {
        return Lanes.words(a, b, (x, y) -> x * y >> 16);
    }

    @Insn(
            enc = {"NP 0F E4 /r Pq,Qq", "66 0F E4 /r Vx,Wx"},
            ops = "=a,b")
    static long pmulhuw(long a, long b) {
        return Lanes.words(a, b, (x, y) -> (x & 0xffff) * (y & 0xffff) >>> 16);
    }

    @Insn(
            enc = {"NP 0F 38 0B /r Pq,Qq", "66 0F 38 0B /r Vx,Wx"},
            ops = "=a,b")
    static long pmulhrsw(long a, long b) {
        return Lanes.words(a, b, (x, y) -> (x * y >> 14) + 1 >> 1);
    }

    @Insn(
            enc = {"66 0F 38 40 /r Vx,Wx"},
            ops = "=a,b")
    static long pmulld(long a, long b) {
        return Lanes.dwords(a, b, (x, y) -> x * y);
    }

    @Insn(
            enc = {"NP 0F F4 /r Pq,Qq", "66 0F F4 /r Vx,Wx"},
            ops = "=a,b")
    static long pmuludq(long a, long b) {
        return (a & 0xffff_ffffL) * (b & 0xffff_ffffL);
    }

    @Insn(
            enc = {"66 0F 38 28 /r Vx,Wx"},
            ops = "=a,b")
    static long pmuldq(long a, long b) {
        return (long) (int) a * (int) b;
    }

    @Insn(
            enc = {"NP 0F F5 /r Pq,Qq", "66 0F F5 /r Vx,Wx"},
            ops = "=a,b")
    static long pmaddwd(long a, long b) {
        return Lanes.dwords(a, b, (x, y) -> (short) x * (short) y + (x >> 16) * (y >> 16));
    }

    /** Unsigned bytes of the destination times signed bytes of the source. */
    @Insn(
            enc = {"NP 0F 38 04 /r Pq,Qq", "66 0F 38 04 /r Vx,Wx"},
            ops = "=a,b")
    static long pmaddubsw(long a, long b) {
        return Lanes.words(a, b, (x, y) -> Lanes.saturateWord((x & 0xff) * (byte) y + (x >> 8 & 0xff) * (y >> 8)));
    }

    @Insn(
            enc = {"NP 0F F6 /r Pq,Qq", "66 0F F6 /r Vx,Wx"},
            ops = "=a,b")
    static long psadbw(long a, long b) {
        long sum = 0;
        for (int n = 0; n < 64; n += 8) {
            sum += Math.abs((a >>> n & 0xff) - (b >>> n & 0xff));
        }
        return sum;
    }
}
