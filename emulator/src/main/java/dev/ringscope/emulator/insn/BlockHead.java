package dev.ringscope.emulator.insn;

/**
 * What each execution of a {@link Block} touches. HotSpot puts a superclass's fields first, so that they lie in one or
 * two cache lines: code that is executed rarely, most of a kernel's, waits for memory more than for anything else.
 */
abstract class BlockHead {
    /** Offset in CS of the first instruction. */
    public final long pc;
    /** Offset of the instruction behind the last one. */
    public final long next;
    /** {@link dev.ringscope.emulator.Cpu#codeKey} it was decoded for. */
    public final int key;
    /** Numbered from 0 in the order of first execution; -1 until then. */
    public int id = -1;
    /**
     * The {@link dev.ringscope.emulator.Cpu#epoch} in which its place in linear memory was last checked; -1 = stale.
     */
    public int epoch;
    /** Times it was executed as long as that was counted. */
    int heat;
    /** A breakpoint lies on its first instruction. */
    public boolean breakpoint;

    public final Op[] ops;
    /** The two blocks that followed last. */
    Block link0;

    Block link1;
    /**
     * What to run here instead of interpreting; null as long as there is nothing, or nothing that is known to be right.
     */
    Region region;

    BlockHead(long pc, long next, int key, Op[] ops, int epoch) {
        this.pc = pc;
        this.next = next;
        this.key = key;
        this.ops = ops;
        this.epoch = epoch;
    }
}
