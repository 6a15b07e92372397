package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RBX;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Moves, extensions and exchanges of general registers and memory (Intel SDM vol. 2). */
final class Moves {
    private Moves() {}

    @Insn(
            enc = {
                "88 /r Eb,Gb",
                "89 /r Ev,Gv",
                "8A /r Gb,Eb",
                "8B /r Gv,Ev",
                "C6 /0 Eb,Ib",
                "C7 /0 Ev,Iz",
                "B0+r Zb,Ib",
                "B8+r Zv,Iv",
                "A0 AL,Ob",
                "A1 rAX,Ov",
                "A2 Ob,AL",
                "A3 Ov,rAX"
            },
            ops = ">a,b")
    static long mov(long b) {
        return b;
    }

    @Insn(
            enc = {"0F B6 /r Gv,Eb"},
            name = "movzx",
            att = "movz<>",
            ops = ">a,b")
    static long movzxByte(long b) {
        return b & 0xff;
    }

    @Insn(
            enc = {"0F B7 /r Gv,Ew"},
            name = "movzx",
            att = "movz<>",
            ops = ">a,b")
    static long movzxWord(long b) {
        return b & 0xffff;
    }

    @Insn(
            enc = {"0F BE /r Gv,Eb", "0F BF /r Gv,Ew"},
            att = "movs<>",
            ops = ">a,b")
    static long movsx(long b) {
        return b;
    }

    @Insn(
            enc = {"63 /r Gv,Ez o64"},
            att = "movsxd|movsxd|movslq",
            ops = ">a,b")
    static long movsxd(long b) {
        return b;
    }

    @Insn(
            enc = {"8D /r Gv,M"},
            ops = ">a,b")
    static long lea(long b) {
        return b;
    }

    @Insn(
            enc = {"0F 40+c /r Gv,Ev"},
            ops = "=a,b,cc")
    static long cmov(long a, long b, boolean condition) {
        return condition ? b : a;
    }

    @Insn(
            enc = {"0F 90+c /r Eb"},
            ops = ">a,cc")
    static long set(boolean condition) {
        return condition ? 1 : 0;
    }

    /** XCHG; locked with a memory operand whether LOCK is there or not. */
    @Insn(enc = {"86 /r Eb,Gb lock", "87 /r Ev,Gv lock"})
    static void xchg(X86Cpu cpu, Instruction i) {
        int w = i.opcode == 0x86 ? 1 : i.operandSize;
        long e = exchange(cpu, i, w, cpu.readG(i, w));
        cpu.writeG(i, w, e);
    }

    /** Writes the ModRM.rm operand and returns what it held; the address is formed once. */
    private static long exchange(X86Cpu cpu, Instruction i, int w, long value) {
        if (!i.memory) {
            long old = cpu.readE(i, w);
            cpu.writeE(i, w, value);
            return old;
        }
        long linear = cpu.linear(i, w, true);
        long old = cpu.load(linear, w);
        cpu.store(linear, w, value);
        return old;
    }

    @Insn(
            enc = {"90+r Zv,rAX", "66 90 Zv,rAX b0"},
            name = "xchg")
    static void xchgAccumulator(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        long value = cpu.reg(i.rm, w);
        cpu.setReg(i.rm, w, cpu.reg(RAX, w));
        cpu.setReg(RAX, w, value);
    }

    /** With 16-bit operands the result is undefined: processors give zero. */
    @Insn(
            enc = {"0F C8+r Zv"},
            ops = "=a")
    static long bswap(int w, long a) {
        return w == 8 ? Long.reverseBytes(a) : w == 4 ? Integer.reverseBytes((int) a) : 0;
    }

    /** CBW, CWDE, CDQE. */
    @Insn(
            enc = {"98"},
            name = "cbw|cwde|cdqe",
            att = "cbtw|cwtl|cltq")
    static void cbw(X86Cpu cpu, int w) {
        cpu.setReg(RAX, w, w == 2 ? (byte) cpu.r[RAX] : cpu.reg(RAX, w / 2));
    }

    /** CWD, CDQ, CQO. */
    @Insn(
            enc = {"99"},
            name = "cwd|cdq|cqo",
            att = "cwtd|cltd|cqto")
    static void cwd(X86Cpu cpu, int w) {
        cpu.setReg(RDX, w, cpu.reg(RAX, w) >> 63);
    }

    @Insn(enc = {"D7 BXb"})
    static void xlat(X86Cpu cpu, Instruction i) {
        long offset = X86Cpu.truncate(cpu.r[RBX] + (cpu.r[RAX] & 0xff), i.addressSize);
        int segment = i.override >= 0 ? i.override : Instruction.DS;
        cpu.setReg8(RAX, true, cpu.load(cpu.linear(segment, offset, 1, false), 1));
    }
}
