package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** BCD adjustments, not valid in 64-bit mode (Intel SDM vol. 2). */
final class Decimal {
    private Decimal() {}

    private static int al(X86Cpu cpu) {
        return (int) cpu.r[RAX] & 0xff;
    }

    private static void set(X86Cpu cpu, int al, boolean carry, boolean adjust) {
        cpu.setReg8(RAX, true, al);
        cpu.fr = (byte) al;
        cpu.fc = Flags.carryOverflow(carry, false) | (adjust ? 8 : 0);
    }

    @Insn(
            enc = {"27 i64"},
            undefined = "O")
    static void daa(X86Cpu cpu) {
        int old = al(cpu);
        boolean oldCarry = Flags.carry(cpu.fc);
        boolean low = (old & 0xf) > 9 || Flags.adjust(cpu.fc);
        boolean high = old > 0x99 || oldCarry;
        set(cpu, old + (low ? 6 : 0) + (high ? 0x60 : 0), high, low);
    }

    @Insn(
            enc = {"2F i64"},
            undefined = "O")
    static void das(X86Cpu cpu) {
        int old = al(cpu);
        boolean oldCarry = Flags.carry(cpu.fc);
        boolean low = (old & 0xf) > 9 || Flags.adjust(cpu.fc);
        boolean high = old > 0x99 || oldCarry;
        boolean borrow = low && old < 6;
        set(cpu, old - (low ? 6 : 0) - (high ? 0x60 : 0), high || borrow, low);
    }

    @Insn(
            enc = {"37 i64"},
            undefined = "OSZP")
    static void aaa(X86Cpu cpu) {
        boolean adjust = (al(cpu) & 0xf) > 9 || Flags.adjust(cpu.fc);
        adjustUnpacked(cpu, adjust ? cpu.r[RAX] + 0x106 : cpu.r[RAX], adjust);
    }

    @Insn(
            enc = {"3F i64"},
            undefined = "OSZP")
    static void aas(X86Cpu cpu) {
        boolean adjust = (al(cpu) & 0xf) > 9 || Flags.adjust(cpu.fc);
        adjustUnpacked(cpu, adjust ? cpu.r[RAX] - 0x106 : cpu.r[RAX], adjust);
    }

    private static void adjustUnpacked(X86Cpu cpu, long ax, boolean adjust) {
        cpu.setReg(RAX, 2, ax & 0xff0f);
        cpu.fr = (byte) cpu.r[RAX];
        cpu.fc = Flags.carryOverflow(adjust, false) | (adjust ? 8 : 0);
    }

    @Insn(
            enc = {"D4 Ib i64"},
            undefined = "OAC")
    static void aam(X86Cpu cpu, Instruction i) {
        int base = (int) i.imm & 0xff;
        if (base == 0) {
            throw Fault.of(Fault.DE, Reason.DIVIDE);
        }
        int al = al(cpu);
        cpu.setReg(RAX, 2, al / base << 8 | al % base);
        cpu.fr = (byte) (al % base);
        cpu.fc = 0;
    }

    @Insn(
            enc = {"D5 Ib i64"},
            undefined = "OAC")
    static void aad(X86Cpu cpu, Instruction i) {
        int al = al(cpu) + (int) (cpu.r[RAX] >> 8 & 0xff) * ((int) i.imm & 0xff) & 0xff;
        cpu.setReg(RAX, 2, al);
        cpu.fr = (byte) al;
        cpu.fc = 0;
    }
}
