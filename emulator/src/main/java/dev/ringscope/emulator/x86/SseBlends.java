package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Choices between two operands, lane by lane, by an immediate or by the sign bits of XMM0 (Intel SDM vol. 1, 12.10.4;
 * vol. 2).
 */
final class SseBlends {
    private SseBlends() {}

    @Insn(enc = {"66 0F 3A 0C /r Vx,Wx,Ib"})
    static void blendps(X86Cpu cpu, Instruction i) {
        blend(cpu, i, lanes(32, i.imm), lanes(32, i.imm >> 2));
    }

    @Insn(enc = {"66 0F 3A 0D /r Vx,Wx,Ib"})
    static void blendpd(X86Cpu cpu, Instruction i) {
        blend(cpu, i, -(i.imm & 1), -(i.imm >> 1 & 1));
    }

    @Insn(enc = {"66 0F 3A 0E /r Vx,Wx,Ib"})
    static void pblendw(X86Cpu cpu, Instruction i) {
        blend(cpu, i, lanes(16, i.imm), lanes(16, i.imm >> 4));
    }

    /** The mask of the lanes whose bit is set, lowest first. */
    private static long lanes(int w, long bits) {
        long mask = 0;
        for (int n = 0; n < 64 / w; n++) {
            mask |= (bits >> n & 1) != 0 ? -1L >>> 64 - w << n * w : 0;
        }
        return mask;
    }

    @Insn(enc = {"66 0F 38 10 /r Vx,Wx,XMM0"})
    static void pblendvb(X86Cpu cpu, Instruction i) {
        blendBySigns(cpu, i, 8);
    }

    @Insn(enc = {"66 0F 38 14 /r Vx,Wx,XMM0"})
    static void blendvps(X86Cpu cpu, Instruction i) {
        blendBySigns(cpu, i, 32);
    }

    @Insn(enc = {"66 0F 38 15 /r Vx,Wx,XMM0"})
    static void blendvpd(X86Cpu cpu, Instruction i) {
        blend(cpu, i, cpu.xmm[0] >> 63, cpu.xmm[1] >> 63);
    }

    private static void blendBySigns(X86Cpu cpu, Instruction i, int w) {
        long tops = Lanes.tops(w);
        blend(cpu, i, Lanes.spread(w, cpu.xmm[0] & tops), Lanes.spread(w, cpu.xmm[1] & tops));
    }

    /** The source where the mask is set. */
    private static void blend(X86Cpu cpu, Instruction i, long lowMask, long highMask) {
        Xmm b = Xmm.w(cpu, i);
        Xmm a = Xmm.v(cpu, i);
        Xmm.put(cpu, i, Lanes.select(lowMask, b.low(), a.low()), Lanes.select(highMask, b.high(), a.high()));
    }
}
