package dev.ringscope.trace;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Op;

/** Blocks of made-up code. */
public final class Blocks {
    private static final class Nothing extends Op {
        Nothing(Instruction instruction) {
            insn = instruction;
        }

        @Override
        public void exec(Cpu cpu) {}
    }

    private Blocks() {}

    /**
     * A block of 64-bit code whose bytes follow from its address.
     *
     * @param lengths of its instructions
     */
    public static Block block(int id, long linear, long physical, int... lengths) {
        return blockOfMode(id, 8, linear, linear, physical, lengths);
    }

    /** @param mode bytes per code word: 2, 4, 8 */
    public static Block blockOfMode(int id, int mode, long pc, long linear, long physical, int... lengths) {
        Op[] ops = new Op[lengths.length];
        int size = 0;
        for (int i = 0; i < ops.length; i++) {
            Instruction instruction = new Instruction();
            instruction.address = pc + size;
            instruction.length = lengths[i];
            instruction.mode = mode;
            ops[i] = new Nothing(instruction);
            size += lengths[i];
        }
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (31 * linear + 7 * i);
        }
        boolean crosses = (physical & 0xfff) + size > 4096;
        Block block =
                new Block(pc, pc + size, linear, physical, crosses ? (physical | 0xfff) + 1 : -1, 1, ops, bytes, 0);
        block.id = id;
        return block;
    }
}
