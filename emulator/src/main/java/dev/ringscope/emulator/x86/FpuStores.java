package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.fpu.Float80;
import dev.ringscope.emulator.x86.fpu.X87Convert;
import dev.ringscope.emulator.x86.fpu.X87Decimal;

/**
 * What stores ST(0), converted or not (Intel SDM vol. 1, 8.3.3). An unmasked IE, OE or UE stores and pops nothing, but
 * the operand must be writable all the same.
 */
final class FpuStores {
    private static final int FLOAT32_INDEFINITE = 0xffc0_0000;
    private static final long FLOAT64_INDEFINITE = 0xfff8_0000_0000_0000L;

    private FpuStores() {}

    @Insn(enc = {"D9 /2 Md", "DD /2 Mq"})
    static void fst(X86Cpu cpu, Instruction i) {
        storeFloat(cpu, i, false);
    }

    @Insn(enc = {"D9 /3 Md", "DD /3 Mq"})
    static void fstp(X86Cpu cpu, Instruction i) {
        storeFloat(cpu, i, true);
    }

    private static void storeFloat(X86Cpu cpu, Instruction i, boolean pop) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        int w = i.opcode == 0xd9 ? 4 : 8;
        long linear = cpu.linear(i, w, true);
        if (fpu.isEmpty(0)) {
            underflow(cpu, i, linear, w, w == 4 ? FLOAT32_INDEFINITE : FLOAT64_INDEFINITE, pop);
            return;
        }
        long value = w == 4
                ? X87Convert.toFloat32(fpu.x87, fpu.se(0), fpu.significand(0))
                : X87Convert.toFloat64(fpu.x87, fpu.se(0), fpu.significand(0));
        store(cpu, i, linear, w, value, pop);
    }

    @Insn(enc = {"DF /2 Mw", "DB /2 Md"})
    static void fist(X86Cpu cpu, Instruction i) {
        storeInteger(cpu, i, i.opcode == 0xdf ? 2 : 4, false, false);
    }

    @Insn(enc = {"DF /3 Mw", "DB /3 Md", "DF /7 Mq"})
    static void fistp(X86Cpu cpu, Instruction i) {
        storeInteger(cpu, i, i.opcode == 0xdb ? 4 : (i.reg & 7) == 7 ? 8 : 2, false, true);
    }

    @Insn(enc = {"DF /1 Mw", "DB /1 Md", "DD /1 Mq"})
    static void fisttp(X86Cpu cpu, Instruction i) {
        storeInteger(cpu, i, i.opcode == 0xdb ? 4 : i.opcode == 0xdd ? 8 : 2, true, true);
    }

    private static void storeInteger(X86Cpu cpu, Instruction i, int w, boolean truncate, boolean pop) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        long linear = cpu.linear(i, w, true);
        if (fpu.isEmpty(0)) {
            underflow(cpu, i, linear, w, -1L << 8 * w - 1, pop);
            return;
        }
        long value = truncate
                ? X87Convert.toTruncatedInteger(fpu.x87, fpu.se(0), fpu.significand(0), 8 * w)
                : X87Convert.toInteger(fpu.x87, fpu.se(0), fpu.significand(0), 8 * w);
        store(cpu, i, linear, w, value, pop);
    }

    private static void store(X86Cpu cpu, Instruction i, long linear, int w, long value, boolean pop) {
        Fpu fpu = cpu.fpu;
        if (fpu.x87.delivered) {
            cpu.store(linear, w, value);
        } else {
            cpu.probeWrite(linear, w);
        }
        fpu.noteMemory(i);
        fpu.finish();
        if (pop && fpu.x87.delivered) {
            fpu.pop();
        }
    }

    private static void underflow(X86Cpu cpu, Instruction i, long linear, int w, long indefinite, boolean pop) {
        Fpu fpu = cpu.fpu;
        if (fpu.masksInvalid()) {
            cpu.store(linear, w, indefinite);
        } else {
            cpu.probeWrite(linear, w);
        }
        fpu.noteMemory(i);
        if (fpu.underflow() && pop) {
            fpu.pop();
        }
    }

    @Insn(enc = "DB /7 Mt", name = "fstp", att = "fstp?")
    static void fstpExtended(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        long linear = cpu.linear(i, 10, true);
        boolean empty = fpu.isEmpty(0);
        if (!empty || fpu.masksInvalid()) {
            storeTenBytes(
                    cpu,
                    linear,
                    empty ? Float80.INDEFINITE_SE : fpu.se(0),
                    empty ? Float80.INDEFINITE_SIGNIFICAND : fpu.significand(0));
        } else {
            cpu.probeWrite(linear, 10);
        }
        fpu.noteMemory(i);
        if (!empty) {
            fpu.clearC1();
        }
        if (!empty || fpu.underflow()) {
            fpu.pop();
        }
    }

    @Insn(enc = "DF /6 Mt")
    static void fbstp(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        long linear = cpu.linear(i, 10, true);
        if (fpu.isEmpty(0)) {
            if (fpu.masksInvalid()) {
                storeTenBytes(cpu, linear, X87Decimal.INDEFINITE_TOP, X87Decimal.INDEFINITE_DIGITS);
            } else {
                cpu.probeWrite(linear, 10);
            }
            fpu.noteMemory(i);
            if (fpu.underflow()) {
                fpu.pop();
            }
            return;
        }
        X87Decimal.store(fpu.x87, fpu.se(0), fpu.significand(0));
        if (fpu.x87.delivered) {
            storeTenBytes(cpu, linear, fpu.x87.se, fpu.x87.significand);
        } else {
            cpu.probeWrite(linear, 10);
        }
        fpu.noteMemory(i);
        fpu.finish();
        if (fpu.x87.delivered) {
            fpu.pop();
        }
    }

    static void storeTenBytes(X86Cpu cpu, long linear, int high, long low) {
        cpu.probeWrite(linear, 10);
        cpu.store(linear, 8, low);
        cpu.store(linear + 8, 2, high);
    }

    @Insn(enc = "DD /2 STi", name = "fst")
    static void fstRegister(X86Cpu cpu, Instruction i) {
        copy(cpu, i, false);
    }

    @Insn(
            enc = {"DD /3 STi", "DF /2 STi", "DF /3 STi"},
            name = "fstp")
    static void fstpRegister(X86Cpu cpu, Instruction i) {
        copy(cpu, i, true);
    }

    private static void copy(X86Cpu cpu, Instruction i, boolean pop) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        if (fpu.isEmpty(0)) {
            FpuArithmetic.underflow(fpu, i.rm & 7, pop);
            return;
        }
        fpu.clearC1();
        fpu.write(i.rm & 7, fpu.se(0), fpu.significand(0));
        if (pop) {
            fpu.pop();
        }
    }

    /** Undocumented: FSTP ST(i) that only pops if ST(0) is empty. */
    @Insn(enc = "D9 /3 STi")
    static void fstp1(X86Cpu cpu, Instruction i) {
        Fpu fpu = cpu.fpu;
        fpu.enter();
        fpu.note(i);
        fpu.clearC1();
        if (!fpu.isEmpty(0)) {
            fpu.write(i.rm & 7, fpu.se(0), fpu.significand(0));
        }
        fpu.pop();
    }
}
