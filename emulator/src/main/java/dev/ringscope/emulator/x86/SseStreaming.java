package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RDI;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Moves with a non-temporal hint, which means nothing without caches, and masked stores (Intel SDM vol. 1, 10.4.6.2 and
 * 12.10.3).
 */
final class SseStreaming {
    private SseStreaming() {}

    @Insn(
            enc = {"NP 0F 2B /r Mx,Vx"},
            ops = ">a,b")
    static long movntps(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F 2B /r Mx,Vx"},
            ops = ">a,b")
    static long movntpd(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F E7 /r Mx,Vx"},
            ops = ">a,b")
    static long movntdq(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F 38 2A /r Vx,Mx"},
            ops = ">a,b")
    static long movntdqa(long b) {
        return b;
    }

    @Insn(
            enc = {"NP 0F E7 /r Mq,Pq"},
            ops = ">a,b")
    static long movntq(long b) {
        return b;
    }

    @Insn(
            enc = {"NP 0F C3 /r My,Gy"},
            ops = ">a,b")
    static long movnti(long b) {
        return b;
    }

    @Insn(enc = {"66 0F F7 /r Vx,Ux"})
    static void maskmovdqu(X86Cpu cpu, Instruction i) {
        store(cpu, i, Xmm.v(cpu, i), Xmm.register(cpu, i.rm), 16);
    }

    @Insn(enc = {"NP 0F F7 /r Pq,Nq"})
    static void maskmovq(X86Cpu cpu, Instruction i) {
        store(cpu, i, new Xmm(cpu.mm(i.reg & 7), 0), new Xmm(cpu.mm(i.rm & 7), 0), 8);
    }

    /** Writes at DS:rDI the bytes whose mask byte has its top bit set: all, or none if one of them faults. */
    private static void store(X86Cpu cpu, Instruction i, Xmm data, Xmm mask, int bytes) {
        int segment = i.override >= 0 ? i.override : Instruction.DS;
        long[] linear = new long[bytes];
        for (int n = 0; n < bytes; n++) {
            if (mask.octet(n) >= 0x80) {
                linear[n] = cpu.linear(segment, X86Cpu.truncate(cpu.r[RDI] + n, i.addressSize), 1, true);
                cpu.probeWrite(linear[n], 1);
            }
        }
        for (int n = 0; n < bytes; n++) {
            if (mask.octet(n) >= 0x80) {
                cpu.store(linear[n], 1, data.octet(n));
            }
        }
    }
}
