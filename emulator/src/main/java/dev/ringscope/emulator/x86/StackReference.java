package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Tells accesses to the stack from others where the architecture answers them with #SS instead of #GP: a non-canonical
 * address in 64-bit code (Intel SDM vol. 3A, 6.15, interrupt 12). There segments are no help, so the executing
 * instruction is asked.
 */
final class StackReference {
    /** The furthest that an implicit stack access lies from RSP: frames of ENTER and IRET are smaller. */
    private static final long REACH = 512;

    /** Opcode of ENTER; LEAVE is the next. Both follow RBP on the stack. */
    private static final int ENTER = 0xc8;

    private StackReference() {}

    static boolean of(X86Cpu cpu, long linear) {
        Block block = cpu.running();
        if (block == null) {
            return false;
        }
        Instruction i = block.ops[cpu.index].instruction();
        if (i.memory && i.segment == Instruction.SS) {
            return true;
        }
        boolean onStack = near(linear, cpu.r[X86Cpu.RSP])
                || i.encoding.map == 0 && (i.opcode & 0xfe) == ENTER && near(linear, cpu.r[X86Cpu.RBP]);
        return onStack && !(i.memory && linear - cpu.seg[i.segment].base - cpu.effective(i) < 16);
    }

    private static boolean near(long linear, long pointer) {
        long distance = linear - pointer;
        return distance >= -REACH && distance < REACH;
    }
}
