package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.ShiftFlags;

/**
 * Bit tests, scans and counts (Intel SDM vol. 2). A register bit offset reaches beyond a memory operand, both ways; an
 * immediate one wraps.
 */
final class Bits {
    private Bits() {}

    /** What happens to the selected bit. */
    private enum Change {
        NONE,
        SET,
        RESET,
        COMPLEMENT
    }

    @Insn(
            enc = {"0F A3 /r Ev,Gv", "0F BA /4 Ev,Ib"},
            undefined = "OSAP")
    static void bt(X86Cpu cpu, Instruction i) {
        change(cpu, i, Change.NONE);
    }

    @Insn(
            enc = {"0F AB /r Ev,Gv lock", "0F BA /5 Ev,Ib lock"},
            undefined = "OSAP")
    static void bts(X86Cpu cpu, Instruction i) {
        change(cpu, i, Change.SET);
    }

    @Insn(
            enc = {"0F B3 /r Ev,Gv lock", "0F BA /6 Ev,Ib lock"},
            undefined = "OSAP")
    static void btr(X86Cpu cpu, Instruction i) {
        change(cpu, i, Change.RESET);
    }

    @Insn(
            enc = {"0F BB /r Ev,Gv lock", "0F BA /7 Ev,Ib lock"},
            undefined = "OSAP")
    static void btc(X86Cpu cpu, Instruction i) {
        change(cpu, i, Change.COMPLEMENT);
    }

    private static void change(X86Cpu cpu, Instruction i, Change change) {
        int w = i.operandSize;
        long offset = i.opcode == 0xba ? i.imm & 8 * w - 1 : cpu.readG(i, w);
        long linear = 0;
        if (i.memory) {
            long unit = i.opcode == 0xba ? 0 : (offset >> (w == 2 ? 4 : w == 4 ? 5 : 6)) * w;
            long address = X86Cpu.truncate(cpu.effective(i) + unit, i.addressSize);
            linear = cpu.linear(i.segment, address, w, change != Change.NONE);
        }
        long value = i.memory ? cpu.load(linear, w) : cpu.readE(i, w);
        long bit = 1L << (offset & 8 * w - 1);
        boolean was = (value & bit) != 0;
        long changed = switch (change) {
            case NONE -> value;
            case SET -> value | bit;
            case RESET -> value & ~bit;
            case COMPLEMENT -> value ^ bit;
        };
        if (change != Change.NONE) {
            if (i.memory) {
                cpu.store(linear, w, changed);
            } else {
                cpu.writeE(i, w, changed);
            }
        }
        cpu.fc = Flags.withCarryOverflow(cpu.fc, was, Flags.overflow(cpu.fc));
    }

    @Insn(
            enc = {"0F BC /r Gv,Ev"},
            undefined = "OSAPC")
    static void bsf(X86Cpu cpu, Instruction i) {
        scan(cpu, i, true);
    }

    @Insn(
            enc = {"0F BD /r Gv,Ev"},
            undefined = "OSAPC")
    static void bsr(X86Cpu cpu, Instruction i) {
        scan(cpu, i, false);
    }

    /** A source of zero leaves the destination as it was, whole, as all processors do. */
    private static void scan(X86Cpu cpu, Instruction i, boolean forward) {
        int w = i.operandSize;
        long value = ShiftFlags.unsigned(w, cpu.readE(i, w));
        if (value != 0) {
            cpu.writeG(i, w, forward ? Long.numberOfTrailingZeros(value) : 63 - Long.numberOfLeadingZeros(value));
        }
        int others = cpu.eflags() & Flags.ARITHMETIC & ~Flags.ZF;
        cpu.setArithmetic(value == 0 ? others | Flags.ZF : others);
    }

    @Insn(enc = {"F3 0F B8 /r Gv,Ev"})
    static void popcnt(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        long value = ShiftFlags.unsigned(w, cpu.readE(i, w));
        cpu.writeG(i, w, Long.bitCount(value));
        cpu.setArithmetic(value == 0 ? Flags.ZF : 0);
    }
}
