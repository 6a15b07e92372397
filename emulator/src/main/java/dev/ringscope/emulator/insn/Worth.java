package dev.ringscope.emulator.insn;

/** When code is worth a region. */
public enum Worth {
    /** A machine that runs a guest from its beginning on. */
    RUN(1_000, 8_000_000),
    /**
     * One of several that re-execute parts of a recording: each compiles for itself, and HotSpot competes with them for
     * the processors.
     */
    AGAIN(20_000, 100_000_000);

    /** Of a block before it is worth a region. */
    final int executions;
    /** Executed in runs of a region that began with one block, before that is worth the best. */
    final long instructions;

    Worth(int executions, long instructions) {
        this.executions = executions;
        this.instructions = instructions;
    }
}
