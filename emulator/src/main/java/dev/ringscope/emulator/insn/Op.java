package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;

/**
 * One instruction of a block made ready to run: an instance of a class spun for its kind, holding what differs within
 * the kind.
 */
public abstract class Op {
    /** Register numbers: destination or first, second operand, base and index of the address. */
    protected int d;

    protected int s;
    protected int b;
    protected int x;
    protected long imm;
    protected long disp;
    protected Instruction insn;

    public abstract void exec(Cpu cpu);

    public final Instruction instruction() {
        return insn;
    }
}
