package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * LGDT, LIDT, SGDT, SIDT (Intel SDM vol. 2): two bytes of limit, then four bytes of base, eight in 64-bit mode. With
 * 16-bit operands loads take only 24 bits of base; stores give all of it, as processors do since the 386.
 */
final class DescriptorTableInstructions {
    private DescriptorTableInstructions() {}

    @Insn(enc = "0F 01 /2 M end", name = "lgdt#")
    static void lgdt(X86Cpu cpu, Instruction i) {
        cpu.requireRing0();
        long limit = limit(cpu, i);
        long base = base(cpu, i);
        tell(cpu, "gdtr", cpu.gdtrBase, base, cpu.gdtrLimit, limit);
        cpu.gdtrBase = base;
        cpu.gdtrLimit = (int) limit;
    }

    @Insn(enc = "0F 01 /3 M end", name = "lidt#")
    static void lidt(X86Cpu cpu, Instruction i) {
        cpu.requireRing0();
        long limit = limit(cpu, i);
        long base = base(cpu, i);
        tell(cpu, "idtr", cpu.idtrBase, base, cpu.idtrLimit, limit);
        cpu.idtrBase = base;
        cpu.idtrLimit = (int) limit;
    }

    @Insn(enc = "0F 01 /0 M", name = "sgdt#")
    static void sgdt(X86Cpu cpu, Instruction i) {
        store(cpu, i, cpu.gdtrLimit, cpu.gdtrBase);
    }

    @Insn(enc = "0F 01 /1 M", name = "sidt#")
    static void sidt(X86Cpu cpu, Instruction i) {
        store(cpu, i, cpu.idtrLimit, cpu.idtrBase);
    }

    private static int baseSize(Instruction i) {
        return i.is64() ? 8 : 4;
    }

    private static long at(X86Cpu cpu, Instruction i, int offset, int size, boolean write) {
        return cpu.linear(i.segment, X86Cpu.truncate(cpu.effective(i) + offset, i.addressSize), size, write);
    }

    private static long limit(X86Cpu cpu, Instruction i) {
        return cpu.load(at(cpu, i, 0, 2, false), 2) & 0xffff;
    }

    private static long base(X86Cpu cpu, Instruction i) {
        long value = X86Cpu.truncate(cpu.load(at(cpu, i, 2, baseSize(i), false), baseSize(i)), baseSize(i));
        if (!cpu.paging.canonical(value)) {
            throw Fault.gp(0, Reason.NON_CANONICAL, value);
        }
        return i.operandSize == 2 && !i.is64() ? value & 0xff_ffff : value;
    }

    private static void store(X86Cpu cpu, Instruction i, int limit, long base) {
        ControlRegisterInstructions.checkUmip(cpu);
        long first = at(cpu, i, 0, 2, true);
        long second = at(cpu, i, 2, baseSize(i), true);
        cpu.probeWrite(second, baseSize(i));
        cpu.store(first, 2, limit);
        cpu.store(second, baseSize(i), base);
    }

    private static void tell(X86Cpu cpu, String register, long oldBase, long base, long oldLimit, long limit) {
        cpu.system.tell(register + ".base", oldBase, base);
        cpu.system.tell(register + ".limit", oldLimit, limit);
    }
}
