package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Float80;
import dev.ringscope.emulator.x86.fpu.X87Arithmetic;
import dev.ringscope.emulator.x86.fpu.X87Context;
import dev.ringscope.emulator.x86.fpu.X87Convert;
import dev.ringscope.emulator.x86.fpu.X87Remainder;

/**
 * x87 arithmetic with two operands, one of them ST(0) (Intel SDM vol. 1, 8.3.5; vol. 2). The first operand is the
 * destination: FSUB takes the second from it, FSUBR it from the second.
 */
final class FpuArithmetic {
    private FpuArithmetic() {}

    interface Binary {
        void compute(X87Context x87, int seA, long a, int seB, long b);
    }

    @Insn(enc = {"D8 /0 Md", "DC /0 Mq", "D8 /0 ST0,STi", "DC /0 STi,ST0"})
    static void fadd(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::add, false, false);
    }

    @Insn(enc = {"D8 /1 Md", "DC /1 Mq", "D8 /1 ST0,STi", "DC /1 STi,ST0"})
    static void fmul(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::multiply, false, false);
    }

    @Insn(enc = {"D8 /4 Md", "DC /4 Mq", "D8 /4 ST0,STi", "DC /5 STi,ST0"})
    static void fsub(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::subtract, false, false);
    }

    @Insn(enc = {"D8 /5 Md", "DC /5 Mq", "D8 /5 ST0,STi", "DC /4 STi,ST0"})
    static void fsubr(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::subtract, true, false);
    }

    @Insn(enc = {"D8 /6 Md", "DC /6 Mq", "D8 /6 ST0,STi", "DC /7 STi,ST0"})
    static void fdiv(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::divide, false, false);
    }

    @Insn(enc = {"D8 /7 Md", "DC /7 Mq", "D8 /7 ST0,STi", "DC /6 STi,ST0"})
    static void fdivr(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::divide, true, false);
    }

    @Insn(enc = "DE /0 STi,ST0")
    static void faddp(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::add, false, true);
    }

    @Insn(enc = "DE /1 STi,ST0")
    static void fmulp(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::multiply, false, true);
    }

    @Insn(enc = "DE /5 STi,ST0")
    static void fsubp(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::subtract, false, true);
    }

    @Insn(enc = "DE /4 STi,ST0")
    static void fsubrp(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::subtract, true, true);
    }

    @Insn(enc = "DE /7 STi,ST0")
    static void fdivp(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::divide, false, true);
    }

    @Insn(enc = "DE /6 STi,ST0")
    static void fdivrp(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::divide, true, true);
    }

    @Insn(enc = {"DA /0 Md", "DE /0 Mw"})
    static void fiadd(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::add, false, false);
    }

    @Insn(enc = {"DA /1 Md", "DE /1 Mw"})
    static void fimul(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::multiply, false, false);
    }

    @Insn(enc = {"DA /4 Md", "DE /4 Mw"})
    static void fisub(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::subtract, false, false);
    }

    @Insn(enc = {"DA /5 Md", "DE /5 Mw"})
    static void fisubr(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::subtract, true, false);
    }

    @Insn(enc = {"DA /6 Md", "DE /6 Mw"})
    static void fidiv(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::divide, false, false);
    }

    @Insn(enc = {"DA /7 Md", "DE /7 Mw"})
    static void fidivr(X86Cpu cpu, Instruction i) {
        into(cpu, i, X87Arithmetic::divide, true, false);
    }

    @Insn(enc = "D9 =F8")
    static void fprem(X86Cpu cpu, Instruction i) {
        withSt1(cpu, i, X87Remainder::truncated, true);
    }

    @Insn(enc = "D9 =F5")
    static void fprem1(X86Cpu cpu, Instruction i) {
        withSt1(cpu, i, X87Remainder::nearest, true);
    }

    @Insn(enc = "D9 =FD")
    static void fscale(X86Cpu cpu, Instruction i) {
        withSt1(cpu, i, X87Arithmetic::scale, false);
    }

    /** Leaves the memory operand in the context's operand fields: float32, float64, int32 or int16 by opcode. */
    static void loadOperand(X86Cpu cpu, Instruction i) {
        X87Context x87 = cpu.fpu.x87;
        int w = switch (i.opcode) {
            case 0xdc -> 8;
            case 0xde -> 2;
            default -> 4;
        };
        long value = cpu.load(cpu.linear(i, w, false), w);
        switch (i.opcode) {
            case 0xd8 -> X87Convert.operandFromFloat32(x87, (int) value);
            case 0xdc -> X87Convert.operandFromFloat64(x87, value);
            default -> X87Convert.operandFromInteger(x87, value);
        }
        cpu.fpu.noteMemory(i);
    }

    private static void into(X86Cpu cpu, Instruction i, Binary operation, boolean reverse, boolean pop) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        if (i.memory) {
            loadOperand(cpu, i);
            if (fpu.isEmpty(0)) {
                underflow(fpu, 0, false);
                return;
            }
            compute(
                    fpu,
                    operation,
                    reverse,
                    fpu.se(0),
                    fpu.significand(0),
                    fpu.x87.operandSe,
                    fpu.x87.operandSignificand);
            store(fpu, 0, false);
            return;
        }
        fpu.note(i);
        int destination = i.opcode == 0xd8 ? 0 : i.rm & 7;
        int source = i.opcode == 0xd8 ? i.rm & 7 : 0;
        if (fpu.isEmpty(destination) || fpu.isEmpty(source)) {
            underflow(fpu, destination, pop);
            return;
        }
        compute(
                fpu,
                operation,
                reverse,
                fpu.se(destination),
                fpu.significand(destination),
                fpu.se(source),
                fpu.significand(source));
        store(fpu, destination, pop);
    }

    private static void compute(Fpu fpu, Binary operation, boolean reverse, int seA, long a, int seB, long b) {
        if (reverse) {
            operation.compute(fpu.x87, seB, b, seA, a);
        } else {
            operation.compute(fpu.x87, seA, a, seB, b);
        }
    }

    /** An operand's register is empty: the masked response is the indefinite in the destination. */
    static void underflow(Fpu fpu, int destination, boolean pop) {
        if (fpu.underflow()) {
            fpu.write(destination, Float80.INDEFINITE_SE, Float80.INDEFINITE_SIGNIFICAND);
            if (pop) {
                fpu.pop();
            }
        }
    }

    /** Stores the result and exceptions of the operation that has just run. */
    static void store(Fpu fpu, int destination, boolean pop) {
        fpu.finish();
        if (fpu.x87.delivered) {
            fpu.write(destination, fpu.x87.se, fpu.x87.significand);
            if (pop) {
                fpu.pop();
            }
        }
    }

    private static void withSt1(X86Cpu cpu, Instruction i, Binary operation, boolean reduces) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        if (fpu.isEmpty(0) || fpu.isEmpty(1)) {
            if (reduces) {
                fpu.clearC2();
            }
            underflow(fpu, 0, false);
            return;
        }
        operation.compute(fpu.x87, fpu.se(0), fpu.significand(0), fpu.se(1), fpu.significand(1));
        store(fpu, 0, false);
    }
}
