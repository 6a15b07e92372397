package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Shifts of packed integers (Intel SDM vol. 2 under each name). One count, the low 64 bits of the second operand,
 * serves all lanes; it is unsigned, and one beyond the lane shifts everything out. An immediate of 128 and more comes
 * as a negative number: also beyond.
 */
final class PackedShifts {
    private static final long WORDS = 0x0001_0001_0001_0001L;
    private static final long DWORDS = 0x0000_0001_0000_0001L;

    private PackedShifts() {}

    private static boolean beyond(long count, int w) {
        return Long.compareUnsigned(count, w) >= 0;
    }

    @Insn(
            enc = {"NP 0F F1 /r Pq,Qq", "66 0F F1 /r Vx,Wx", "NP 0F 71 /6 Nq,Ib", "66 0F 71 /6 Ux,Ib"},
            ops = "=a,b0")
    static long psllw(long a, long count) {
        return beyond(count, 16) ? 0 : a << count & (0xffff << count & 0xffff) * WORDS;
    }

    @Insn(
            enc = {"NP 0F F2 /r Pq,Qq", "66 0F F2 /r Vx,Wx", "NP 0F 72 /6 Nq,Ib", "66 0F 72 /6 Ux,Ib"},
            ops = "=a,b0")
    static long pslld(long a, long count) {
        return beyond(count, 32) ? 0 : a << count & (0xffff_ffffL << count & 0xffff_ffffL) * DWORDS;
    }

    @Insn(
            enc = {"NP 0F F3 /r Pq,Qq", "66 0F F3 /r Vx,Wx", "NP 0F 73 /6 Nq,Ib", "66 0F 73 /6 Ux,Ib"},
            ops = "=a,b0")
    static long psllq(long a, long count) {
        return beyond(count, 64) ? 0 : a << count;
    }

    @Insn(
            enc = {"NP 0F D1 /r Pq,Qq", "66 0F D1 /r Vx,Wx", "NP 0F 71 /2 Nq,Ib", "66 0F 71 /2 Ux,Ib"},
            ops = "=a,b0")
    static long psrlw(long a, long count) {
        return beyond(count, 16) ? 0 : a >>> count & (0xffff >>> count) * WORDS;
    }

    @Insn(
            enc = {"NP 0F D2 /r Pq,Qq", "66 0F D2 /r Vx,Wx", "NP 0F 72 /2 Nq,Ib", "66 0F 72 /2 Ux,Ib"},
            ops = "=a,b0")
    static long psrld(long a, long count) {
        return beyond(count, 32) ? 0 : a >>> count & (0xffff_ffffL >>> count) * DWORDS;
    }

    @Insn(
            enc = {"NP 0F D3 /r Pq,Qq", "66 0F D3 /r Vx,Wx", "NP 0F 73 /2 Nq,Ib", "66 0F 73 /2 Ux,Ib"},
            ops = "=a,b0")
    static long psrlq(long a, long count) {
        return beyond(count, 64) ? 0 : a >>> count;
    }

    @Insn(
            enc = {"NP 0F E1 /r Pq,Qq", "66 0F E1 /r Vx,Wx", "NP 0F 71 /4 Nq,Ib", "66 0F 71 /4 Ux,Ib"},
            ops = "=a,b0")
    static long psraw(long a, long count) {
        int n = beyond(count, 16) ? 15 : (int) count;
        return Lanes.words(a, 0, (x, y) -> x >> n);
    }

    @Insn(
            enc = {"NP 0F E2 /r Pq,Qq", "66 0F E2 /r Vx,Wx", "NP 0F 72 /4 Nq,Ib", "66 0F 72 /4 Ux,Ib"},
            ops = "=a,b0")
    static long psrad(long a, long count) {
        int n = beyond(count, 32) ? 31 : (int) count;
        return Lanes.dwords(a, 0, (x, y) -> x >> n);
    }

    @Insn(enc = {"66 0F 73 /7 Ux,Ib"})
    static void pslldq(X86Cpu cpu, Instruction i) {
        Xmm a = Xmm.register(cpu, i.rm);
        int n = bits(i);
        cpu.xmm[2 * i.rm] = n >= 64 ? 0 : a.low() << n;
        cpu.xmm[2 * i.rm + 1] =
                n == 0 ? a.high() : n >= 128 ? 0 : n >= 64 ? a.low() << n : a.high() << n | a.low() >>> 64 - n;
    }

    @Insn(enc = {"66 0F 73 /3 Ux,Ib"})
    static void psrldq(X86Cpu cpu, Instruction i) {
        Xmm a = Xmm.register(cpu, i.rm);
        int n = bits(i);
        cpu.xmm[2 * i.rm] =
                n == 0 ? a.low() : n >= 128 ? 0 : n >= 64 ? a.high() >>> n : a.low() >>> n | a.high() << 64 - n;
        cpu.xmm[2 * i.rm + 1] = n >= 64 ? 0 : a.high() >>> n;
    }

    /** The immediate counts bytes; 128 bits shift everything out. */
    private static int bits(Instruction i) {
        return Math.min((int) i.imm & 0xff, 16) * 8;
    }

    @Insn(enc = {"66 0F 3A 0F /r Vx,Wx,Ib"})
    static void palignr(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        int n = (int) i.imm & 0xff;
        Xmm from = n < 16 ? b : n < 32 ? a : new Xmm(0, 0);
        Xmm next = n < 16 ? a : new Xmm(0, 0);
        boolean half = (n & 8) != 0;
        long first = half ? from.high() : from.low();
        long second = half ? next.low() : from.high();
        long third = half ? next.high() : next.low();
        Xmm.put(cpu, i, join(first, second, n & 7), join(second, third, n & 7));
    }

    /** Eight bytes from byte n (0..7) on of high:low. */
    private static long join(long low, long high, int n) {
        return n == 0 ? low : low >>> 8 * n | high << 64 - 8 * n;
    }

    @Insn(
            enc = {"NP 0F 3A 0F /r Pq,Qq,Ib"},
            name = "palignr",
            ops = "=a,b,d")
    static long palignrMmx(long a, long b, long d) {
        int n = (int) d & 0xff;
        return n < 8 ? join(b, a, n) : n < 16 ? a >>> 8 * (n & 7) : 0;
    }
}
