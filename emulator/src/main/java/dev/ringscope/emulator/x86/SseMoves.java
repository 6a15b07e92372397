package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Moves of XMM and MMX registers (Intel SDM vol. 1, 9.4.1, 10.4.1 and 11.4.1; vol. 2 under each name). A scalar load
 * clears the rest of its register, a move between registers leaves it alone.
 */
final class SseMoves {
    private SseMoves() {}

    @Insn(
            enc = {"NP 0F 28 /r Vx,Wx", "NP 0F 29 /r Wx,Vx"},
            ops = ">a,b")
    static long movaps(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F 28 /r Vx,Wx", "66 0F 29 /r Wx,Vx"},
            ops = ">a,b")
    static long movapd(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F 6F /r Vx,Wx", "66 0F 7F /r Wx,Vx"},
            ops = ">a,b")
    static long movdqa(long b) {
        return b;
    }

    @Insn(
            enc = {"NP 0F 10 /r Vx,Wxu", "NP 0F 11 /r Wxu,Vx"},
            ops = ">a,b")
    static long movups(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F 10 /r Vx,Wxu", "66 0F 11 /r Wxu,Vx"},
            ops = ">a,b")
    static long movupd(long b) {
        return b;
    }

    @Insn(
            enc = {"F3 0F 6F /r Vx,Wxu", "F3 0F 7F /r Wxu,Vx"},
            ops = ">a,b")
    static long movdqu(long b) {
        return b;
    }

    @Insn(
            enc = {"F2 0F F0 /r Vx,Mxu"},
            ops = ">a,b")
    static long lddqu(long b) {
        return b;
    }

    @Insn(
            enc = {"F3 0F 10 /r Vd,Ud", "F3 0F 10 /r Vdz,Md", "F3 0F 11 /r Wd,Vd"},
            ops = ">a,b")
    static long movss(long b) {
        return b;
    }

    @Insn(
            enc = {"F2 0F 10 /r Vq,Uq", "F2 0F 10 /r Vqz,Mq", "F2 0F 11 /r Wq,Vq"},
            ops = ">a,b")
    static long movsd(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F 6E /r Vyz,Ey", "66 0F 7E /r Ey,Vy", "NP 0F 7E /r Ey,Py"},
            name = "movd|movq",
            ops = ">a,b")
    static long movd(long b) {
        return b;
    }

    @Insn(
            enc = {"NP 0F 6E /r Py,Ey"},
            name = "movd|movq",
            ops = ">a,b")
    static long movdToMmx(int w, long b) {
        return w == 4 ? b & 0xffff_ffffL : b;
    }

    @Insn(
            enc = {
                "F3 0F 7E /r Vqz,Wq",
                "66 0F D6 /r Mq,Vq",
                "66 0F D6 /r Uqz,Vq",
                "NP 0F 6F /r Pq,Qq",
                "NP 0F 7F /r Qq,Pq"
            },
            ops = ">a,b")
    static long movq(long b) {
        return b;
    }

    @Insn(
            enc = {"F3 0F D6 /r Vqz,Nq"},
            ops = ">a,b")
    static long movq2dq(long b) {
        return b;
    }

    @Insn(
            enc = {"F2 0F D6 /r Pq,Uq"},
            ops = ">a,b")
    static long movdq2q(long b) {
        return b;
    }

    @Insn(
            enc = {"NP 0F 12 /r Vq,Mq", "NP 0F 13 /r Mq,Vq"},
            ops = ">a,b")
    static long movlps(long b) {
        return b;
    }

    @Insn(
            enc = {"66 0F 12 /r Vq,Mq", "66 0F 13 /r Mq,Vq"},
            ops = ">a,b")
    static long movlpd(long b) {
        return b;
    }

    @Insn(enc = {"NP 0F 12 /r Vx,Ux"})
    static void movhlps(X86Cpu cpu, Instruction i) {
        cpu.xmm[2 * i.reg] = cpu.xmm[2 * i.rm + 1];
    }

    @Insn(enc = {"NP 0F 16 /r Vx,Ux"})
    static void movlhps(X86Cpu cpu, Instruction i) {
        cpu.xmm[2 * i.reg + 1] = cpu.xmm[2 * i.rm];
    }

    @Insn(enc = {"NP 0F 16 /r Vx,Mq", "NP 0F 17 /r Mq,Vx"})
    static void movhps(X86Cpu cpu, Instruction i) {
        moveHigh(cpu, i);
    }

    @Insn(enc = {"66 0F 16 /r Vx,Mq", "66 0F 17 /r Mq,Vx"})
    static void movhpd(X86Cpu cpu, Instruction i) {
        moveHigh(cpu, i);
    }

    private static void moveHigh(X86Cpu cpu, Instruction i) {
        if (i.opcode == 0x16) {
            cpu.xmm[2 * i.reg + 1] = cpu.load(cpu.linear(i, 8, false), 8);
        } else {
            cpu.store(cpu.linear(i, 8, true), 8, cpu.xmm[2 * i.reg + 1]);
        }
    }

    @Insn(
            enc = {"F2 0F 12 /r Vx,Wq"},
            ops = ">a,b")
    static long movddup(long b) {
        return b;
    }

    @Insn(
            enc = {"F3 0F 12 /r Vx,Wx"},
            ops = ">a,b")
    static long movsldup(long b) {
        return b & 0xffff_ffffL | b << 32;
    }

    @Insn(
            enc = {"F3 0F 16 /r Vx,Wx"},
            ops = ">a,b")
    static long movshdup(long b) {
        return b >>> 32 | b & ~0xffff_ffffL;
    }
}
