package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Float80;
import dev.ringscope.emulator.x86.fpu.X87Constant;
import dev.ringscope.emulator.x86.fpu.X87Convert;
import dev.ringscope.emulator.x86.fpu.X87Decimal;

/** What brings values onto the x87 stack or moves them within it (Intel SDM vol. 1, 8.3.3 and 8.3.4). */
final class FpuLoads {
    private FpuLoads() {}

    @Insn(enc = {"D9 /0 Md", "DD /0 Mq", "DB /5 Mt"})
    static void fld(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        switch (i.opcode) {
            case 0xd9 -> X87Convert.fromFloat32(fpu.x87, (int) cpu.load(cpu.linear(i, 4, false), 4));
            case 0xdd -> X87Convert.fromFloat64(fpu.x87, cpu.load(cpu.linear(i, 8, false), 8));
            default -> {
                long linear = cpu.linear(i, 10, false);
                long significand = cpu.load(linear, 8);
                X87Convert.fromFloat80(fpu.x87, (int) cpu.load(linear + 8, 2) & 0xffff, significand);
            }
        }
        fpu.noteMemory(i);
        push(fpu);
    }

    @Insn(enc = "D9 /0 STi", name = "fld")
    static void fldRegister(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        int register = i.rm & 7;
        if (fpu.isEmpty(register)) {
            if (fpu.underflow()) {
                fpu.push(Float80.INDEFINITE_SE, Float80.INDEFINITE_SIGNIFICAND);
            }
            return;
        }
        X87Convert.fromFloat80(fpu.x87, fpu.se(register), fpu.significand(register));
        push(fpu);
    }

    @Insn(enc = {"DF /0 Mw", "DB /0 Md", "DF /5 Mq"})
    static void fild(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        int w = i.opcode == 0xdb ? 4 : (i.reg & 7) == 0 ? 2 : 8;
        X87Convert.fromInteger(fpu.x87, cpu.load(cpu.linear(i, w, false), w));
        fpu.noteMemory(i);
        push(fpu);
    }

    @Insn(enc = "DF /4 Mt")
    static void fbld(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        long linear = cpu.linear(i, 10, false);
        long digits = cpu.load(linear, 8);
        X87Decimal.load(fpu.x87, (int) cpu.load(linear + 8, 2) & 0xffff, digits);
        fpu.noteMemory(i);
        push(fpu);
    }

    /** Pushes the result of the conversion that has just run, unless the stack is full. */
    private static void push(Fpu fpu) {
        if (!fpu.isEmpty(-1)) {
            if (fpu.overflow()) {
                fpu.push(Float80.INDEFINITE_SE, Float80.INDEFINITE_SIGNIFICAND);
            }
            return;
        }
        fpu.finish();
        if (fpu.x87.delivered) {
            fpu.push(fpu.x87.se, fpu.x87.significand);
        }
    }

    private static void constant(X86Cpu cpu, Instruction i, X87Constant constant) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        X87Convert.constant(fpu.x87, constant);
        push(fpu);
    }

    @Insn(enc = "D9 =E8")
    static void fld1(X86Cpu cpu, Instruction i) {
        constant(cpu, i, X87Constant.ONE);
    }

    @Insn(enc = "D9 =E9")
    static void fldl2t(X86Cpu cpu, Instruction i) {
        constant(cpu, i, X87Constant.LOG2_10);
    }

    @Insn(enc = "D9 =EA")
    static void fldl2e(X86Cpu cpu, Instruction i) {
        constant(cpu, i, X87Constant.LOG2_E);
    }

    @Insn(enc = "D9 =EB")
    static void fldpi(X86Cpu cpu, Instruction i) {
        constant(cpu, i, X87Constant.PI);
    }

    @Insn(enc = "D9 =EC")
    static void fldlg2(X86Cpu cpu, Instruction i) {
        constant(cpu, i, X87Constant.LOG10_2);
    }

    @Insn(enc = "D9 =ED")
    static void fldln2(X86Cpu cpu, Instruction i) {
        constant(cpu, i, X87Constant.LN_2);
    }

    @Insn(enc = "D9 =EE")
    static void fldz(X86Cpu cpu, Instruction i) {
        constant(cpu, i, X87Constant.ZERO);
    }

    /** Exchanges ST(0) and ST(i); an empty one is taken as the indefinite if that is masked. */
    @Insn(enc = {"D9 /1 STi", "DD /1 STi", "DF /1 STi"})
    static void fxch(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        int register = i.rm & 7;
        boolean empty = fpu.isEmpty(0) || fpu.isEmpty(register);
        if (empty && !fpu.underflow()) {
            return;
        }
        if (!empty) {
            fpu.clearC1();
        }
        fillIfEmpty(fpu, 0);
        fillIfEmpty(fpu, register);
        int se = fpu.se(0);
        long significand = fpu.significand(0);
        fpu.write(0, fpu.se(register), fpu.significand(register));
        fpu.write(register, se, significand);
    }

    private static void fillIfEmpty(Fpu fpu, int register) {
        if (fpu.isEmpty(register)) {
            fpu.write(register, Float80.INDEFINITE_SE, Float80.INDEFINITE_SIGNIFICAND);
        }
    }

    private static void move(X86Cpu cpu, Instruction i, boolean condition) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        int register = i.rm & 7;
        if (fpu.isEmpty(0) || fpu.isEmpty(register)) {
            FpuArithmetic.underflow(fpu, 0, false);
            return;
        }
        if (condition) {
            fpu.write(0, fpu.se(register), fpu.significand(register));
        }
    }

    @Insn(enc = "DA /0 ST0,STi")
    static void fcmovb(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(2, cpu.fr, cpu.fc));
    }

    @Insn(enc = "DA /1 ST0,STi")
    static void fcmove(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(4, cpu.fr, cpu.fc));
    }

    @Insn(enc = "DA /2 ST0,STi")
    static void fcmovbe(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(6, cpu.fr, cpu.fc));
    }

    @Insn(enc = "DA /3 ST0,STi")
    static void fcmovu(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(10, cpu.fr, cpu.fc));
    }

    @Insn(enc = "DB /0 ST0,STi")
    static void fcmovnb(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(3, cpu.fr, cpu.fc));
    }

    @Insn(enc = "DB /1 ST0,STi")
    static void fcmovne(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(5, cpu.fr, cpu.fc));
    }

    @Insn(enc = "DB /2 ST0,STi")
    static void fcmovnbe(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(7, cpu.fr, cpu.fc));
    }

    @Insn(enc = "DB /3 ST0,STi")
    static void fcmovnu(X86Cpu cpu, Instruction i) {
        move(cpu, i, Flags.condition(11, cpu.fr, cpu.fc));
    }
}
