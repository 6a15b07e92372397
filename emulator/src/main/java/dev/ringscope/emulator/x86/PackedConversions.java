package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Packed integers made narrower with saturation, or wider (Intel SDM vol. 1, 9.4.4 and 12.10.10; vol. 2 under each
 * name).
 */
final class PackedConversions {
    private PackedConversions() {}

    @Insn(
            enc = {"NP 0F 63 /r Pq,Qq", "66 0F 63 /r Vx,Wx"},
            ops = "=a:b")
    static long packsswb(long x, long y) {
        return narrowWords(x, Byte.MIN_VALUE, Byte.MAX_VALUE) | narrowWords(y, Byte.MIN_VALUE, Byte.MAX_VALUE) << 32;
    }

    @Insn(
            enc = {"NP 0F 67 /r Pq,Qq", "66 0F 67 /r Vx,Wx"},
            ops = "=a:b")
    static long packuswb(long x, long y) {
        return narrowWords(x, 0, 255) | narrowWords(y, 0, 255) << 32;
    }

    private static long narrowWords(long x, int least, int most) {
        long result = 0;
        for (int n = 0; n < 4; n++) {
            result |= (Math.clamp((short) (x >> 16 * n), least, most) & 0xffL) << 8 * n;
        }
        return result;
    }

    @Insn(
            enc = {"NP 0F 6B /r Pq,Qq", "66 0F 6B /r Vx,Wx"},
            ops = "=a:b")
    static long packssdw(long x, long y) {
        return narrowDwords(x, Short.MIN_VALUE, Short.MAX_VALUE)
                | narrowDwords(y, Short.MIN_VALUE, Short.MAX_VALUE) << 32;
    }

    @Insn(
            enc = {"66 0F 38 2B /r Vx,Wx"},
            ops = "=a:b")
    static long packusdw(long x, long y) {
        return narrowDwords(x, 0, 65535) | narrowDwords(y, 0, 65535) << 32;
    }

    private static long narrowDwords(long x, int least, int most) {
        long first = Math.clamp((int) x, least, most) & 0xffffL;
        return first | (Math.clamp((int) (x >> 32), least, most) & 0xffffL) << 16;
    }

    @Insn(enc = {"66 0F 38 20 /r Vx,Wq"})
    static void pmovsxbw(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 8, 16, true);
    }

    @Insn(enc = {"66 0F 38 21 /r Vx,Wd"})
    static void pmovsxbd(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 8, 32, true);
    }

    @Insn(enc = {"66 0F 38 22 /r Vx,Ww"})
    static void pmovsxbq(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 8, 64, true);
    }

    @Insn(enc = {"66 0F 38 23 /r Vx,Wq"})
    static void pmovsxwd(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 16, 32, true);
    }

    @Insn(enc = {"66 0F 38 24 /r Vx,Wd"})
    static void pmovsxwq(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 16, 64, true);
    }

    @Insn(enc = {"66 0F 38 25 /r Vx,Wq"})
    static void pmovsxdq(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 32, 64, true);
    }

    @Insn(enc = {"66 0F 38 30 /r Vx,Wq"})
    static void pmovzxbw(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 8, 16, false);
    }

    @Insn(enc = {"66 0F 38 31 /r Vx,Wd"})
    static void pmovzxbd(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 8, 32, false);
    }

    @Insn(enc = {"66 0F 38 32 /r Vx,Ww"})
    static void pmovzxbq(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 8, 64, false);
    }

    @Insn(enc = {"66 0F 38 33 /r Vx,Wq"})
    static void pmovzxwd(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 16, 32, false);
    }

    @Insn(enc = {"66 0F 38 34 /r Vx,Wd"})
    static void pmovzxwq(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 16, 64, false);
    }

    @Insn(enc = {"66 0F 38 35 /r Vx,Wq"})
    static void pmovzxdq(X86Cpu cpu, Instruction i) {
        widen(cpu, i, 32, 64, false);
    }

    private static void widen(X86Cpu cpu, Instruction i, int from, int to, boolean signed) {
        long source = Xmm.wLow(cpu, i, 16 * from / to);
        int perHalf = 64 / to;
        Xmm.put(cpu, i, widenHalf(source, from, to, signed), widenHalf(source >> from * perHalf, from, to, signed));
    }

    private static long widenHalf(long source, int from, int to, boolean signed) {
        long mask = -1L >>> 64 - to;
        long result = 0;
        for (int n = 0; n < 64 / to; n++) {
            long lane = source >> from * n << 64 - from;
            result |= ((signed ? lane >> 64 - from : lane >>> 64 - from) & mask) << to * n;
        }
        return result;
    }
}
