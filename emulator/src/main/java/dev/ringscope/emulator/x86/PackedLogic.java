package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Bitwise operations on MMX and XMM operands (Intel SDM vol. 2 under each name). */
final class PackedLogic {
    private PackedLogic() {}

    @Insn(
            enc = {"NP 0F DB /r Pq,Qq", "66 0F DB /r Vx,Wx"},
            ops = "=a,b")
    static long pand(long a, long b) {
        return a & b;
    }

    @Insn(
            enc = {"NP 0F DF /r Pq,Qq", "66 0F DF /r Vx,Wx"},
            ops = "=a,b")
    static long pandn(long a, long b) {
        return ~a & b;
    }

    @Insn(
            enc = {"NP 0F EB /r Pq,Qq", "66 0F EB /r Vx,Wx"},
            ops = "=a,b")
    static long por(long a, long b) {
        return a | b;
    }

    @Insn(
            enc = {"NP 0F EF /r Pq,Qq", "66 0F EF /r Vx,Wx"},
            ops = "=a,b")
    static long pxor(long a, long b) {
        return a ^ b;
    }

    @Insn(
            enc = {"NP 0F 54 /r Vx,Wx"},
            ops = "=a,b")
    static long andps(long a, long b) {
        return a & b;
    }

    @Insn(
            enc = {"66 0F 54 /r Vx,Wx"},
            ops = "=a,b")
    static long andpd(long a, long b) {
        return a & b;
    }

    @Insn(
            enc = {"NP 0F 55 /r Vx,Wx"},
            ops = "=a,b")
    static long andnps(long a, long b) {
        return ~a & b;
    }

    @Insn(
            enc = {"66 0F 55 /r Vx,Wx"},
            ops = "=a,b")
    static long andnpd(long a, long b) {
        return ~a & b;
    }

    @Insn(
            enc = {"NP 0F 56 /r Vx,Wx"},
            ops = "=a,b")
    static long orps(long a, long b) {
        return a | b;
    }

    @Insn(
            enc = {"66 0F 56 /r Vx,Wx"},
            ops = "=a,b")
    static long orpd(long a, long b) {
        return a | b;
    }

    @Insn(
            enc = {"NP 0F 57 /r Vx,Wx"},
            ops = "=a,b")
    static long xorps(long a, long b) {
        return a ^ b;
    }

    @Insn(
            enc = {"66 0F 57 /r Vx,Wx"},
            ops = "=a,b")
    static long xorpd(long a, long b) {
        return a ^ b;
    }

    @Insn(enc = {"66 0F 38 17 /r Vx,Wx"})
    static void ptest(X86Cpu cpu, Instruction i) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        boolean none = (a.low() & b.low() | a.high() & b.high()) == 0;
        boolean covered = (~a.low() & b.low() | ~a.high() & b.high()) == 0;
        cpu.setArithmetic((none ? Flags.ZF : 0) | (covered ? Flags.CF : 0));
    }
}
