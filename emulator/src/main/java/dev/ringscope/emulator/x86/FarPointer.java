package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Instruction;

/**
 * A far pointer operand m16:16, m16:32 or m16:64: the offset, and behind it the selector (Intel SDM vol. 1, 4.3.1).
 *
 * @param offset zero-extended
 */
record FarPointer(int selector, long offset) {
    static FarPointer read(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        long at = cpu.effective(i);
        long offset = cpu.load(cpu.linear(i.segment, at, w, false), w);
        long behind = X86Cpu.truncate(at + w, i.addressSize);
        long selector = cpu.load(cpu.linear(i.segment, behind, 2, false), 2);
        return new FarPointer((int) selector & 0xffff, X86Cpu.truncate(offset, w));
    }

    /** The immediate operand ptr16:16 or ptr16:32. */
    static FarPointer immediate(Instruction i) {
        return new FarPointer(i.imm2 & 0xffff, X86Cpu.truncate(i.imm, i.operandSize));
    }
}
