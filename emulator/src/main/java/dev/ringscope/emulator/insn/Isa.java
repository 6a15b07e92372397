package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;

/** What the engine needs of an instruction set. */
public interface Isa {
    /** Decodes one instruction at an offset of the code segment; never fails but for what {@code code} throws. */
    Instruction decode(CodeBytes code, long address, int codeSize);

    /** The operation that runs it; for bytes that are no instruction, one that raises the fault. */
    Op operation(Instruction instruction);

    /** A block ends with it. */
    boolean endsBlock(Instruction instruction);

    /**
     * The compiled form of some blocks, or null if they are too much for one.
     *
     * @param cpu the processor it is for
     * @param recorded executed blocks are noted in {@code flow}
     * @param warm it is to be made fast before it is given back, however long that takes
     */
    Region region(RegionPlan plan, Cpu cpu, BlockFlow flow, boolean recorded, boolean warm);
}
