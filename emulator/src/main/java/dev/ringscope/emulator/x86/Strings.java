package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;

import dev.ringscope.emulator.Restart;
import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * String instructions and their repetition (Intel SDM vol. 2, REP). Registers are up to date after every element, so a
 * fault in the middle leaves a state from which the instruction goes on. A repetition is cut after {@link #SLICE}
 * elements, and after each one while TF is set.
 */
final class Strings {
    /** Elements until the instruction lets the machine look up. */
    static final int SLICE = 65536;

    private Strings() {}

    /** One element; returns whether a repetition goes on. */
    @FunctionalInterface
    private interface Element {
        boolean run(X86Cpu cpu, Instruction i, int w);
    }

    /** Many elements at once, as far as that is simple; returns how many were done. */
    @FunctionalInterface
    private interface Run {
        Run NONE = (cpu, i, w, most) -> 0;

        long move(X86Cpu cpu, Instruction i, int w, long most);
    }

    private static void repeat(X86Cpu cpu, Instruction i, Run run, Element element) {
        int w = (i.opcode & 1) == 0 ? 1 : i.operandSize;
        if (!i.rep && !i.repne) {
            element.run(cpu, i, w);
            return;
        }
        long left = cpu.stepping() ? 1 : SLICE;
        while (count(cpu, i) != 0) {
            if (left <= 0) {
                cpu.interrupts.iterationEnded();
                throw Restart.INSTANCE;
            }
            long moved = run.move(cpu, i, w, left);
            left -= moved;
            if (moved == 0) {
                boolean more = element.run(cpu, i, w);
                countDown(cpu, i, 1);
                left--;
                if (!more) {
                    return;
                }
            }
        }
    }

    private static long count(X86Cpu cpu, Instruction i) {
        return X86Cpu.truncate(cpu.r[RCX], i.addressSize);
    }

    static void countDown(X86Cpu cpu, Instruction i, long elements) {
        cpu.setReg(RCX, i.addressSize, X86Cpu.truncate(cpu.r[RCX] - elements, i.addressSize));
    }

    private static long source(X86Cpu cpu, Instruction i, int w) {
        return cpu.linear(i.segment, X86Cpu.truncate(cpu.r[RSI], i.addressSize), w, false);
    }

    private static long destination(X86Cpu cpu, Instruction i, int w, boolean write) {
        return cpu.linear(ES, X86Cpu.truncate(cpu.r[RDI], i.addressSize), w, write);
    }

    private static void advance(X86Cpu cpu, Instruction i, int register, long bytes) {
        long step = cpu.flag(X86Cpu.DF) ? -bytes : bytes;
        cpu.setReg(register, i.addressSize, X86Cpu.truncate(cpu.r[register] + step, i.addressSize));
    }

    @Insn(enc = {"A4 Yb,Xb", "A5 Yv,Xv"})
    static void movs(X86Cpu cpu, Instruction i) {
        repeat(cpu, i, BlockMove::movs, (c, insn, w) -> {
            long value = c.load(source(c, insn, w), w);
            c.store(destination(c, insn, w, true), w, value);
            advance(c, insn, RSI, w);
            advance(c, insn, RDI, w);
            return true;
        });
    }

    @Insn(enc = {"AA Yb,AL", "AB Yv,rAX"})
    static void stos(X86Cpu cpu, Instruction i) {
        repeat(cpu, i, BlockMove::stos, (c, insn, w) -> {
            c.store(destination(c, insn, w, true), w, c.r[RAX]);
            advance(c, insn, RDI, w);
            return true;
        });
    }

    @Insn(enc = {"AC AL,Xb", "AD rAX,Xv"})
    static void lods(X86Cpu cpu, Instruction i) {
        repeat(cpu, i, Run.NONE, (c, insn, w) -> {
            long value = c.load(source(c, insn, w), w);
            if (w == 1) {
                c.setReg8(RAX, true, value);
            } else {
                c.setReg(RAX, w, value);
            }
            advance(c, insn, RSI, w);
            return true;
        });
    }

    @Insn(enc = {"A6 Xb,Yb", "A7 Xv,Yv"})
    static void cmps(X86Cpu cpu, Instruction i) {
        repeat(cpu, i, BlockCompare::cmps, (c, insn, w) -> {
            long a = c.load(source(c, insn, w), w);
            long b = c.load(destination(c, insn, w, false), w);
            advance(c, insn, RSI, w);
            advance(c, insn, RDI, w);
            return compare(c, insn, w, a, b);
        });
    }

    @Insn(enc = {"AE AL,Yb", "AF rAX,Yv"})
    static void scas(X86Cpu cpu, Instruction i) {
        repeat(cpu, i, BlockCompare::scas, (c, insn, w) -> {
            long a = w == 1 ? (byte) c.r[RAX] : c.reg(RAX, w);
            long b = c.load(destination(c, insn, w, false), w);
            advance(c, insn, RDI, w);
            return compare(c, insn, w, a, b);
        });
    }

    /** Sets the flags of a - b; says whether REPE or REPNE goes on. */
    static boolean compare(X86Cpu cpu, Instruction i, int w, long a, long b) {
        int shift = 64 - 8 * w;
        long r = (a - b) << shift >> shift;
        cpu.fc = Flags.sub(w, a, b, r, cpu.fc);
        cpu.fr = r;
        return i.rep == (r == 0);
    }
}
