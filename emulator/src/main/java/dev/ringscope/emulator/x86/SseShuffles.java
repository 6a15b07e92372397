package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Rearrangements of the lanes of XMM and MMX operands (Intel SDM vol. 2 under each name). */
final class SseShuffles {
    private SseShuffles() {}

    @Insn(enc = {"66 0F 70 /r Vx,Wx,Ib"})
    static void pshufd(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        int order = (int) i.imm;
        Xmm.put(cpu, i, dwords(b, order, b, order >> 2), dwords(b, order >> 4, b, order >> 6));
    }

    @Insn(enc = {"NP 0F C6 /r Vx,Wx,Ib"})
    static void shufps(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        int order = (int) i.imm;
        Xmm.put(cpu, i, dwords(a, order, a, order >> 2), dwords(b, order >> 4, b, order >> 6));
    }

    /** Doubleword {@code m & 3} of x below doubleword {@code n & 3} of y. */
    private static long dwords(Xmm x, int m, Xmm y, int n) {
        return x.dword(m & 3) | y.dword(n & 3) << 32;
    }

    @Insn(enc = {"66 0F C6 /r Vx,Wx,Ib"})
    static void shufpd(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        Xmm.put(cpu, i, a.half((int) i.imm & 1), b.half((int) i.imm >> 1 & 1));
    }

    @Insn(enc = {"F3 0F 70 /r Vx,Wx,Ib"})
    static void pshufhw(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm.put(cpu, i, b.low(), pshufw(b.high(), i.imm));
    }

    @Insn(enc = {"F2 0F 70 /r Vx,Wx,Ib"})
    static void pshuflw(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm.put(cpu, i, pshufw(b.low(), i.imm), b.high());
    }

    @Insn(
            enc = {"NP 0F 70 /r Pq,Qq,Ib"},
            ops = ">a,b,d")
    static long pshufw(long b, long order) {
        long result = 0;
        for (int n = 0; n < 4; n++) {
            result |= (b >>> 16 * (order >> 2 * n & 3) & 0xffff) << 16 * n;
        }
        return result;
    }

    @Insn(enc = {"66 0F 38 00 /r Vx,Wx"})
    static void pshufb(X86Cpu cpu, Instruction i) {
        Xmm order = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        Xmm.put(cpu, i, octets(a, order.low(), 15), octets(a, order.high(), 15));
    }

    @Insn(
            enc = {"NP 0F 38 00 /r Pq,Qq"},
            name = "pshufb",
            ops = "=a,b")
    static long pshufbMmx(long a, long b) {
        return octets(new Xmm(a, 0), b, 7);
    }

    /** For each byte of the order: that byte of a, or zero if its top bit is set. */
    private static long octets(Xmm a, long order, int mask) {
        long result = 0;
        for (int n = 0; n < 64; n += 8) {
            int from = (int) (order >>> n);
            if ((from & 0x80) == 0) {
                result |= (long) a.octet(from & mask) << n;
            }
        }
        return result;
    }

    // ---- interleaving -----------------------------------------------------------------------------------------------

    @Insn(
            enc = {"NP 0F 60 /r Pq,Qd"},
            name = "punpcklbw",
            ops = "=a,b")
    static long punpcklbwMmx(long a, long b) {
        return stretchBytes(a) | stretchBytes(b) << 8;
    }

    @Insn(
            enc = {"NP 0F 61 /r Pq,Qd"},
            name = "punpcklwd",
            ops = "=a,b")
    static long punpcklwdMmx(long a, long b) {
        return stretchWords(a) | stretchWords(b) << 16;
    }

    @Insn(
            enc = {"NP 0F 62 /r Pq,Qd"},
            name = "punpckldq",
            ops = "=a,b")
    static long punpckldqMmx(long a, long b) {
        return a & 0xffff_ffffL | b << 32;
    }

    @Insn(
            enc = {"NP 0F 68 /r Pq,Qq"},
            name = "punpckhbw",
            ops = "=a,b")
    static long punpckhbwMmx(long a, long b) {
        return punpcklbwMmx(a >>> 32, b >>> 32);
    }

    @Insn(
            enc = {"NP 0F 69 /r Pq,Qq"},
            name = "punpckhwd",
            ops = "=a,b")
    static long punpckhwdMmx(long a, long b) {
        return punpcklwdMmx(a >>> 32, b >>> 32);
    }

    @Insn(
            enc = {"NP 0F 6A /r Pq,Qq"},
            name = "punpckhdq",
            ops = "=a,b")
    static long punpckhdqMmx(long a, long b) {
        return punpckldqMmx(a >>> 32, b >>> 32);
    }

    /** The low four bytes at every other byte. */
    private static long stretchBytes(long x) {
        long words = stretchWords(x);
        return (words | words << 8) & 0x00ff_00ff_00ff_00ffL;
    }

    /** The low two words at every other word. */
    private static long stretchWords(long x) {
        return x & 0xffff | (x & 0xffff_0000L) << 16;
    }

    @Insn(enc = {"66 0F 60 /r Vx,Wx"})
    static void punpcklbw(X86Cpu cpu, Instruction i) {
        long b = Xmm.w(cpu, i).low();
        long a = Xmm.v(cpu, i).low();
        Xmm.put(cpu, i, punpcklbwMmx(a, b), punpckhbwMmx(a, b));
    }

    @Insn(enc = {"66 0F 61 /r Vx,Wx"})
    static void punpcklwd(X86Cpu cpu, Instruction i) {
        long b = Xmm.w(cpu, i).low();
        long a = Xmm.v(cpu, i).low();
        Xmm.put(cpu, i, punpcklwdMmx(a, b), punpckhwdMmx(a, b));
    }

    @Insn(enc = {"66 0F 62 /r Vx,Wx"})
    static void punpckldq(X86Cpu cpu, Instruction i) {
        interleaveDwords(cpu, i, 0);
    }

    @Insn(enc = {"66 0F 6C /r Vx,Wx"})
    static void punpcklqdq(X86Cpu cpu, Instruction i) {
        Xmm.put(cpu, i, Xmm.v(cpu, i).low(), Xmm.w(cpu, i).low());
    }

    @Insn(enc = {"66 0F 68 /r Vx,Wx"})
    static void punpckhbw(X86Cpu cpu, Instruction i) {
        long b = Xmm.w(cpu, i).high();
        long a = Xmm.v(cpu, i).high();
        Xmm.put(cpu, i, punpcklbwMmx(a, b), punpckhbwMmx(a, b));
    }

    @Insn(enc = {"66 0F 69 /r Vx,Wx"})
    static void punpckhwd(X86Cpu cpu, Instruction i) {
        long b = Xmm.w(cpu, i).high();
        long a = Xmm.v(cpu, i).high();
        Xmm.put(cpu, i, punpcklwdMmx(a, b), punpckhwdMmx(a, b));
    }

    @Insn(enc = {"66 0F 6A /r Vx,Wx"})
    static void punpckhdq(X86Cpu cpu, Instruction i) {
        interleaveDwords(cpu, i, 1);
    }

    @Insn(enc = {"66 0F 6D /r Vx,Wx"})
    static void punpckhqdq(X86Cpu cpu, Instruction i) {
        Xmm.put(cpu, i, Xmm.v(cpu, i).high(), Xmm.w(cpu, i).high());
    }

    @Insn(enc = {"NP 0F 14 /r Vx,Wx"})
    static void unpcklps(X86Cpu cpu, Instruction i) {
        interleaveDwords(cpu, i, 0);
    }

    @Insn(enc = {"NP 0F 15 /r Vx,Wx"})
    static void unpckhps(X86Cpu cpu, Instruction i) {
        interleaveDwords(cpu, i, 1);
    }

    @Insn(enc = {"66 0F 14 /r Vx,Wx"})
    static void unpcklpd(X86Cpu cpu, Instruction i) {
        Xmm.put(cpu, i, Xmm.v(cpu, i).low(), Xmm.w(cpu, i).low());
    }

    @Insn(enc = {"66 0F 15 /r Vx,Wx"})
    static void unpckhpd(X86Cpu cpu, Instruction i) {
        Xmm.put(cpu, i, Xmm.v(cpu, i).high(), Xmm.w(cpu, i).high());
    }

    private static void interleaveDwords(X86Cpu cpu, Instruction i, int half) {
        long b = Xmm.w(cpu, i).half(half);
        long a = Xmm.v(cpu, i).half(half);
        Xmm.put(cpu, i, punpckldqMmx(a, b), punpckhdqMmx(a, b));
    }
}
