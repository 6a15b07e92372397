package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.X87Compare;
import dev.ringscope.emulator.x86.fpu.X87Context;

/**
 * x87 comparisons (Intel SDM vol. 1, 8.3.6). Condition codes, and EFLAGS for the I forms, are set whether or not the
 * exception is masked; an unmasked one only keeps the stack from being popped.
 */
final class FpuComparisons {
    private static final int CODES = X87Context.C0 | X87Context.C2 | X87Context.C3;
    private static final int ZF = 0x40, PF = 0x04, CF = 0x01;

    private FpuComparisons() {}

    @Insn(enc = {"D8 /2 Md", "DC /2 Mq", "D8 /2 STi", "DC /2 STi"})
    static void fcom(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::ordered, 0);
    }

    @Insn(enc = {"D8 /3 Md", "DC /3 Mq", "D8 /3 STi", "DC /3 STi", "DE /2 STi"})
    static void fcomp(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::ordered, 1);
    }

    @Insn(enc = "DE =D9")
    static void fcompp(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::ordered, 2);
    }

    @Insn(enc = "DD /4 STi")
    static void fucom(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::unordered, 0);
    }

    @Insn(enc = "DD /5 STi")
    static void fucomp(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::unordered, 1);
    }

    @Insn(enc = "DA =E9")
    static void fucompp(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::unordered, 2);
    }

    @Insn(enc = {"DA /2 Md", "DE /2 Mw"})
    static void ficom(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::ordered, 0);
    }

    @Insn(enc = {"DA /3 Md", "DE /3 Mw"})
    static void ficomp(X86Cpu cpu, Instruction i) {
        compare(cpu, i, X87Compare::ordered, 1);
    }

    private static void compare(X86Cpu cpu, Instruction i, FpuArithmetic.Binary comparison, int pops) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        int se;
        long significand;
        boolean empty = fpu.isEmpty(0);
        if (i.memory) {
            FpuArithmetic.loadOperand(cpu, i);
            se = fpu.x87.operandSe;
            significand = fpu.x87.operandSignificand;
        } else {
            fpu.note(i);
            int register = i.rm & 7;
            empty |= fpu.isEmpty(register);
            se = fpu.se(register);
            significand = fpu.significand(register);
        }
        boolean pop;
        if (empty) {
            pop = fpu.underflow();
            fpu.setConditions(CODES);
        } else {
            comparison.compute(fpu.x87, fpu.se(0), fpu.significand(0), se, significand);
            fpu.finish();
            pop = fpu.x87.delivered;
        }
        for (int n = 0; pop && n < pops; n++) {
            fpu.pop();
        }
    }

    @Insn(enc = "DB /6 ST0,STi")
    static void fcomi(X86Cpu cpu, Instruction i) {
        compareIntoFlags(cpu, i, X87Compare::ordered, false);
    }

    @Insn(enc = "DF /6 ST0,STi")
    static void fcomip(X86Cpu cpu, Instruction i) {
        compareIntoFlags(cpu, i, X87Compare::ordered, true);
    }

    @Insn(enc = "DB /5 ST0,STi")
    static void fucomi(X86Cpu cpu, Instruction i) {
        compareIntoFlags(cpu, i, X87Compare::unordered, false);
    }

    @Insn(enc = "DF /5 ST0,STi")
    static void fucomip(X86Cpu cpu, Instruction i) {
        compareIntoFlags(cpu, i, X87Compare::unordered, true);
    }

    private static void compareIntoFlags(X86Cpu cpu, Instruction i, FpuArithmetic.Binary comparison, boolean pop) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        int register = i.rm & 7;
        int condition = CODES;
        boolean delivered;
        if (fpu.isEmpty(0) || fpu.isEmpty(register)) {
            delivered = fpu.underflow();
        } else {
            comparison.compute(fpu.x87, fpu.se(0), fpu.significand(0), fpu.se(register), fpu.significand(register));
            condition = fpu.x87.condition;
            fpu.finish(0);
            delivered = fpu.x87.delivered;
        }
        cpu.setArithmetic(((condition & X87Context.C3) != 0 ? ZF : 0)
                | ((condition & X87Context.C2) != 0 ? PF : 0)
                | ((condition & X87Context.C0) != 0 ? CF : 0));
        if (pop && delivered) {
            fpu.pop();
        }
    }

    @Insn(enc = "D9 =E4")
    static void ftst(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        if (fpu.isEmpty(0)) {
            fpu.underflow();
            fpu.setConditions(CODES);
            return;
        }
        X87Compare.test(fpu.x87, fpu.se(0), fpu.significand(0));
        fpu.finish();
    }

    @Insn(enc = "D9 =E5")
    static void fxam(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        if (fpu.isEmpty(0)) {
            X87Compare.examineEmpty(fpu.x87, fpu.se(0));
        } else {
            X87Compare.examine(fpu.x87, fpu.se(0), fpu.significand(0));
        }
        fpu.finish();
    }
}
