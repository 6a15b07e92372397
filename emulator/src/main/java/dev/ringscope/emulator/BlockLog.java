package dev.ringscope.emulator;

import dev.ringscope.emulator.insn.Block;

/**
 * Executed blocks in order, as columns: what the processor was doing in front of each, and where its stack pointer
 * stood behind it. Cheaper than {@link AccessLog}: a few stores a block tell where every return address lies.
 */
public final class BlockLog {
    public final Block[] block;
    /** Instructions of the block that retired: 1 or more, fewer than it has if it was left early. */
    public final int[] retired;
    /** Position of the first of them. */
    public final long[] position;
    /** Linear address that the stack pointer stood at in front of the block, behind any interrupt taken there. */
    public final long[] before;
    /** The same right behind its last instruction, in front of any interrupt taken there. */
    public final long[] after;
    /** Translation root in front of the block: CR3. */
    public final long[] root;
    /** Privilege level in front of the block. */
    public final byte[] ring;

    public int count;

    /** What is noted in front of a block, and counts only when one of its instructions has retired. */
    private long entryPosition;

    private long entryStack;
    private long entryRoot;
    private byte entryRing;

    public BlockLog(int capacity) {
        block = new Block[capacity];
        retired = new int[capacity];
        position = new long[capacity];
        before = new long[capacity];
        after = new long[capacity];
        root = new long[capacity];
        ring = new byte[capacity];
    }

    /** A block is about to run. */
    public void enter(long at, long stack, long translationRoot, int level) {
        entryPosition = at;
        entryStack = stack;
        entryRoot = translationRoot;
        entryRing = (byte) level;
    }

    /** So many of the block's instructions have retired. */
    public void add(Block executed, int instructions, long stack) {
        int n = count++;
        block[n] = executed;
        retired[n] = instructions;
        position[n] = entryPosition;
        before[n] = entryStack;
        after[n] = stack;
        root[n] = entryRoot;
        ring[n] = entryRing;
    }
}
