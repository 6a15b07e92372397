package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RBX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Read-modify-write instructions for synchronisation (Intel SDM vol. 2). A failed compare writes the old value back, as
 * processors do.
 */
final class Exchanges {
    private Exchanges() {}

    @Insn(enc = {"0F B0 /r Eb,Gb lock", "0F B1 /r Ev,Gv lock"})
    static void cmpxchg(X86Cpu cpu, Instruction i) {
        int w = i.opcode == 0xb0 ? 1 : i.operandSize;
        long linear = i.memory ? cpu.linear(i, w, true) : 0;
        long old = i.memory ? cpu.load(linear, w) : cpu.readE(i, w);
        long accumulator = w == 1 ? (byte) cpu.r[RAX] : cpu.reg(RAX, w);
        boolean equal = old == accumulator;
        long written = equal ? cpu.readG(i, w) : old;
        if (i.memory) {
            cpu.store(linear, w, written);
        } else if (equal) {
            cpu.writeE(i, w, written);
        }
        if (!equal) {
            if (w == 1) {
                cpu.setReg8(RAX, true, old);
            } else {
                cpu.setReg(RAX, w, old);
            }
        }
        compare(cpu, w, accumulator, old);
    }

    private static void compare(X86Cpu cpu, int w, long a, long b) {
        int shift = 64 - 8 * w;
        long r = (a - b) << shift >> shift;
        cpu.fc = Flags.sub(w, a, b, r, cpu.fc);
        cpu.fr = r;
    }

    @Insn(enc = {"0F C0 /r Eb,Gb lock", "0F C1 /r Ev,Gv lock"})
    static void xadd(X86Cpu cpu, Instruction i) {
        int w = i.opcode == 0xc0 ? 1 : i.operandSize;
        int shift = 64 - 8 * w;
        long linear = i.memory ? cpu.linear(i, w, true) : 0;
        long a = i.memory ? cpu.load(linear, w) : cpu.readE(i, w);
        long b = cpu.readG(i, w);
        long r = (a + b) << shift >> shift;
        if (i.memory) {
            cpu.store(linear, w, r);
            cpu.writeG(i, w, a);
        } else {
            cpu.writeG(i, w, a);
            cpu.writeE(i, w, r); // last: with one register for both the sum stays
        }
        cpu.fc = Flags.add(w, a, b, r, cpu.fc);
        cpu.fr = r;
    }

    @Insn(enc = "0F C7 /1 Myy lock", name = "cmpxchg8b|cmpxchg16b")
    static void cmpxchg8b(X86Cpu cpu, Instruction i) {
        boolean equal = (i.rex & 8) != 0 ? sixteen(cpu, i) : eight(cpu, i);
        int flags = cpu.eflags() & Flags.ARITHMETIC & ~Flags.ZF;
        cpu.setArithmetic(equal ? flags | Flags.ZF : flags);
    }

    private static boolean eight(X86Cpu cpu, Instruction i) {
        long linear = cpu.linear(i, 8, true);
        long old = cpu.load(linear, 8);
        long expected = cpu.r[RDX] << 32 | cpu.r[RAX] & 0xffff_ffffL;
        boolean equal = old == expected;
        cpu.store(linear, 8, equal ? cpu.r[RCX] << 32 | cpu.r[RBX] & 0xffff_ffffL : old);
        if (!equal) {
            cpu.r[RAX] = old & 0xffff_ffffL;
            cpu.r[RDX] = old >>> 32;
        }
        return equal;
    }

    private static boolean sixteen(X86Cpu cpu, Instruction i) {
        long linear = cpu.linear(i, 16, true);
        cpu.requireAligned(linear);
        long low = cpu.load(linear, 8);
        long high = cpu.load(linear + 8, 8);
        boolean equal = low == cpu.r[RAX] && high == cpu.r[RDX];
        cpu.store(linear, 8, equal ? cpu.r[RBX] : low);
        cpu.store(linear + 8, 8, equal ? cpu.r[RCX] : high);
        if (!equal) {
            cpu.r[RAX] = low;
            cpu.r[RDX] = high;
        }
        return equal;
    }
}
