package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.RBP;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Role;

/** PUSH, POP and stack frames (Intel SDM vol. 2; vol. 1, ch. 6). */
final class Stack {
    private Stack() {}

    @Insn(
            enc = {"50+r Zv d64", "FF /6 Ev d64"},
            name = "push~",
            ops = "a",
            role = Role.PUSH)
    static void push(X86Cpu cpu, int w, long a) {
        cpu.push(w, a);
    }

    @Insn(
            enc = {"68 Iz d64", "6A Ibs d64"},
            name = "push~")
    static void pushImmediate(X86Cpu cpu, Instruction i) {
        cpu.push(i.operandSize, i.imm);
    }

    @Insn(
            enc = {"58+r Zv d64"},
            name = "pop~",
            ops = ">a",
            role = Role.POP)
    static long pop(X86Cpu cpu, int w) {
        return cpu.pop(w);
    }

    /** POP to memory: the address is formed after RSP has grown. */
    @Insn(
            enc = {"8F /0 Ev d64"},
            name = "pop~")
    static void popMemory(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        long sp = cpu.r[RSP];
        long value = cpu.pop(w);
        try {
            cpu.writeE(i, w, value);
        } catch (Fault fault) {
            cpu.r[RSP] = sp;
            throw fault;
        }
    }

    @Insn(enc = "60 i64", name = "pusha~")
    static void pusha(X86Cpu cpu, int w) {
        long sp = cpu.r[RSP];
        try {
            for (int n = 0; n < 8; n++) {
                cpu.push(w, n == RSP ? sp : cpu.r[n]);
            }
        } catch (Fault fault) {
            cpu.r[RSP] = sp;
            throw fault;
        }
    }

    @Insn(enc = "61 i64", name = "popa~")
    static void popa(X86Cpu cpu, int w) {
        long[] values = new long[8];
        for (int n = 7; n >= 0; n--) {
            values[n] = cpu.peek(w, (7 - n) * w);
        }
        int size = cpu.stackSize();
        cpu.setReg(RSP, size, X86Cpu.truncate(cpu.r[RSP] + 8 * w, size));
        for (int n = 0; n < 8; n++) {
            if (n != RSP) {
                cpu.setReg(n, w, values[n]);
            }
        }
    }

    @Insn(enc = "C8 Iw,Ib d64 sources", name = "enter~")
    static void enter(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        int size = cpu.stackSize();
        int level = i.imm2 & 31;
        long sp = cpu.r[RSP];
        try {
            cpu.push(w, cpu.r[RBP]);
            long frame = cpu.r[RSP];
            for (int n = 1; n < level; n++) {
                long link = X86Cpu.truncate(cpu.r[RBP] - (long) n * w, size);
                cpu.push(w, cpu.load(cpu.linear(SS, link, w, false), w));
            }
            if (level > 0) {
                cpu.push(w, frame);
            }
            long newSp = X86Cpu.truncate(cpu.r[RSP] - (i.imm & 0xffff), size);
            // the manual's last step: the new top must be writable
            cpu.probeWrite(cpu.linear(SS, newSp, w, true), w);
            cpu.setReg(RSP, size, newSp);
            cpu.setReg(RBP, w, frame);
        } catch (Fault fault) {
            cpu.r[RSP] = sp;
            throw fault;
        }
    }

    @Insn(enc = "C9 d64", name = "leave~")
    static void leave(X86Cpu cpu, int w) {
        int size = cpu.stackSize();
        long frame = X86Cpu.truncate(cpu.r[RBP], size);
        long value = cpu.load(cpu.linear(SS, frame, w, false), w);
        cpu.setReg(RSP, size, X86Cpu.truncate(frame + w, size));
        cpu.setReg(RBP, w, value);
    }
}
