package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Float80;
import dev.ringscope.emulator.x86.fpu.X87Arithmetic;
import dev.ringscope.emulator.x86.fpu.X87Context;
import dev.ringscope.emulator.x86.fpu.X87Exponential;
import dev.ringscope.emulator.x86.fpu.X87Trigonometry;

/**
 * x87 functions of the top of the stack: basic, trigonometric, logarithmic (Intel SDM vol. 1, 8.3.5, 8.3.7 and 8.3.9).
 */
final class FpuFunctions {
    private FpuFunctions() {}

    private interface Unary {
        void compute(X87Context x87, int se, long significand);
    }

    @Insn(enc = "D9 =E0")
    static void fchs(X86Cpu cpu, Instruction i) {
        changeSign(cpu, i, cpu.fpu.se(0) ^ Float80.SIGN);
    }

    @Insn(enc = "D9 =E1")
    static void fabs(X86Cpu cpu, Instruction i) {
        changeSign(cpu, i, cpu.fpu.se(0) & Float80.EXPONENT);
    }

    private static void changeSign(X86Cpu cpu, Instruction i, int se) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        if (fpu.isEmpty(0)) {
            FpuArithmetic.underflow(fpu, 0, false);
            return;
        }
        fpu.clearC1();
        fpu.write(0, se, fpu.significand(0));
    }

    @Insn(enc = "D9 =FA")
    static void fsqrt(X86Cpu cpu, Instruction i) {
        replace(cpu, i, X87Arithmetic::squareRoot, false);
    }

    @Insn(enc = "D9 =FC")
    static void frndint(X86Cpu cpu, Instruction i) {
        replace(cpu, i, X87Arithmetic::roundToInteger, false);
    }

    @Insn(enc = "D9 =F0")
    static void f2xm1(X86Cpu cpu, Instruction i) {
        replace(cpu, i, X87Exponential::twoToTheXLessOne, false);
    }

    @Insn(enc = "D9 =FE")
    static void fsin(X86Cpu cpu, Instruction i) {
        replace(cpu, i, X87Trigonometry::sine, true);
    }

    @Insn(enc = "D9 =FF")
    static void fcos(X86Cpu cpu, Instruction i) {
        replace(cpu, i, X87Trigonometry::cosine, true);
    }

    @Insn(enc = "D9 =FB")
    static void fsincos(X86Cpu cpu, Instruction i) {
        replaceAndPush(cpu, i, X87Trigonometry::sineAndCosine, true);
    }

    @Insn(enc = "D9 =F2")
    static void fptan(X86Cpu cpu, Instruction i) {
        replaceAndPush(cpu, i, X87Trigonometry::tangent, true);
    }

    @Insn(enc = "D9 =F4")
    static void fxtract(X86Cpu cpu, Instruction i) {
        replaceAndPush(cpu, i, X87Arithmetic::extract, false);
    }

    @Insn(enc = "D9 =F1")
    static void fyl2x(X86Cpu cpu, Instruction i) {
        intoSt1(cpu, i, X87Exponential::yLog2X);
    }

    @Insn(enc = "D9 =F9")
    static void fyl2xp1(X86Cpu cpu, Instruction i) {
        intoSt1(cpu, i, X87Exponential::yLog2XPlus1);
    }

    @Insn(enc = "D9 =F3")
    static void fpatan(X86Cpu cpu, Instruction i) {
        intoSt1(cpu, i, X87Trigonometry::arctangent);
    }

    /** A stack fault does not mean that the argument has to be reduced. */
    private static void clearC2(Fpu fpu, boolean reduces) {
        if (reduces) {
            fpu.clearC2();
        }
    }

    private static void replace(X86Cpu cpu, Instruction i, Unary function, boolean reduces) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        if (fpu.isEmpty(0)) {
            clearC2(fpu, reduces);
            FpuArithmetic.underflow(fpu, 0, false);
            return;
        }
        function.compute(fpu.x87, fpu.se(0), fpu.significand(0));
        FpuArithmetic.store(fpu, 0, false);
    }

    private static void replaceAndPush(X86Cpu cpu, Instruction i, Unary function, boolean reduces) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        boolean empty = fpu.isEmpty(0);
        if (empty || !fpu.isEmpty(-1)) {
            clearC2(fpu, reduces);
            if (empty ? fpu.underflow() : fpu.overflow()) {
                fpu.write(0, Float80.INDEFINITE_SE, Float80.INDEFINITE_SIGNIFICAND);
                fpu.push(Float80.INDEFINITE_SE, Float80.INDEFINITE_SIGNIFICAND);
            }
            return;
        }
        function.compute(fpu.x87, fpu.se(0), fpu.significand(0));
        fpu.finish();
        if (fpu.x87.delivered && (fpu.x87.condition & X87Context.C2) == 0) {
            fpu.write(0, fpu.x87.se, fpu.x87.significand);
            fpu.push(fpu.x87.pushedSe, fpu.x87.pushedSignificand);
        }
    }

    private static void intoSt1(X86Cpu cpu, Instruction i, FpuArithmetic.Binary function) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        if (fpu.isEmpty(0) || fpu.isEmpty(1)) {
            FpuArithmetic.underflow(fpu, 1, true);
            return;
        }
        function.compute(fpu.x87, fpu.se(0), fpu.significand(0), fpu.se(1), fpu.significand(1));
        FpuArithmetic.store(fpu, 1, true);
    }
}
