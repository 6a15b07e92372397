package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Role;

/** Near jumps, calls, returns and loops (Intel SDM vol. 2). Far ones are in {@link FarTransfers}. */
final class Branches {
    private Branches() {}

    @Insn(
            enc = {"70+c Jb f64 end", "0F 80+c Jz f64 end"},
            name = "j",
            ops = "cc,a",
            role = Role.JUMP_IF)
    static void jcc(X86Cpu cpu, boolean condition, long target) {
        if (condition) {
            cpu.jump(target);
        }
    }

    @Insn(
            enc = {"EB Jb f64 end", "E9 Jz f64 end"},
            name = "jmp~",
            ops = "a",
            role = Role.JUMP)
    static void jmp(X86Cpu cpu, long target) {
        cpu.jump(target);
    }

    @Insn(
            enc = {"FF /4 Ev f64 end"},
            name = "jmp~",
            ops = "a",
            role = Role.JUMP_TO)
    static void jmpIndirect(X86Cpu cpu, int w, long target) {
        cpu.jump(unsigned(w, target));
    }

    @Insn(
            enc = {"E8 Jz f64 end"},
            name = "call~",
            ops = "a",
            role = Role.CALL)
    static void call(X86Cpu cpu, int w, Instruction i, long target) {
        cpu.checkFetch(target);
        cpu.push(w, i.next());
        cpu.pc = target;
    }

    @Insn(
            enc = {"FF /2 Ev f64 end"},
            name = "call~",
            ops = "a",
            role = Role.CALL_TO)
    static void callIndirect(X86Cpu cpu, int w, Instruction i, long target) {
        long to = unsigned(w, target);
        cpu.checkFetch(to);
        cpu.push(w, i.next());
        cpu.pc = to;
    }

    @Insn(enc = "C3 f64 end", name = "ret~", role = Role.RETURN)
    static void ret(X86Cpu cpu, int w) {
        long target = unsigned(w, cpu.peek(w, 0));
        cpu.checkFetch(target);
        release(cpu, w);
        cpu.pc = target;
    }

    @Insn(
            enc = {"C2 Iw f64 end"},
            name = "ret~")
    static void retImmediate(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        long target = unsigned(w, cpu.peek(w, 0));
        cpu.checkFetch(target);
        release(cpu, w + (i.imm & 0xffff));
        cpu.pc = target;
    }

    private static void release(X86Cpu cpu, long bytes) {
        int size = cpu.stackSize();
        cpu.setReg(RSP, size, X86Cpu.truncate(cpu.r[RSP] + bytes, size));
    }

    private static long unsigned(int w, long offset) {
        return X86Cpu.truncate(offset, w);
    }

    @Insn(enc = "E0 Jb f64 end", att = "loopne%")
    static void loopne(X86Cpu cpu, Instruction i) {
        loop(cpu, i, !Flags.zero(cpu.fr));
    }

    @Insn(enc = "E1 Jb f64 end", att = "loope%")
    static void loope(X86Cpu cpu, Instruction i) {
        loop(cpu, i, Flags.zero(cpu.fr));
    }

    @Insn(enc = "E2 Jb f64 end", att = "loop%")
    static void loop(X86Cpu cpu, Instruction i) {
        loop(cpu, i, true);
    }

    private static void loop(X86Cpu cpu, Instruction i, boolean condition) {
        long count = X86Cpu.truncate(cpu.r[RCX] - 1, i.addressSize);
        if (count != 0 && condition) {
            cpu.jump(i.imm);
        }
        cpu.setReg(RCX, i.addressSize, count);
    }

    /** JCXZ, JECXZ, JRCXZ. */
    @Insn(enc = "E3 Jb f64 end", name = "jcxz/jecxz/jrcxz")
    static void jcxz(X86Cpu cpu, Instruction i) {
        if (X86Cpu.truncate(cpu.r[RCX], i.addressSize) == 0) {
            cpu.jump(i.imm);
        }
    }
}
