package dev.ringscope.emulator.insn;

import java.util.List;

/**
 * A run of instructions with one entry, ended by the first that may go elsewhere, decoded for one code segment and one
 * physical page. What it is (start, bytes, key) never changes; when the code under it changes it becomes stale.
 */
public final class Block extends BlockRun {
    /** {@link #epoch} of a block whose bytes have been overwritten. */
    static final int STALE = -1;
    /** {@link #epoch} of one whose bytes are right, and whose place is still to be checked. */
    static final int UNCHECKED = -2;

    /** At most so many instructions. */
    public static final int MAX = 64;

    /** Linear address of the first instruction. */
    public final long linear;
    /** Physical address of the first byte. */
    public final long physical;
    /** Physical address of the page that the block runs over into, or -1. */
    public final long secondPage;
    /** The code bytes, all instructions of it. */
    public final byte[] bytes;
    /** The next one with the same hash. */
    Block chain;
    /** Where its page was fetched. */
    CodePlace place;
    /** It is one of {@link Candidates}. */
    boolean candidate;
    /** {@link #heat} when candidates were last compared. */
    int heatSeen;
    /** {@link #executed} when it was last asked whether runs from here pay. */
    long reviewed;
    /** It is left again so soon that entering a region here does not pay. */
    boolean refused;
    /** The {@link Grade#QUICK} region that it belongs to, or null. */
    RegionSlot slot;
    /** The {@link Grade#BEST} region that begins with it, or null. */
    RegionSlot best;
    /** The regions that hold it. */
    List<RegionSlot> regions = List.of();
    /** It will not be found any more, whatever its bytes. */
    boolean dropped;

    public Block(
            long pc,
            long next,
            long linear,
            long physical,
            long secondPage,
            int key,
            Op[] ops,
            byte[] bytes,
            int epoch) {
        super(pc, next, key, ops, epoch);
        this.linear = linear;
        this.physical = physical;
        this.secondPage = secondPage;
        this.bytes = bytes;
    }

    public int length() {
        return ops.length;
    }

    /** Physical address of the i-th code byte. */
    long physicalOf(int i) {
        long first = physical + i;
        boolean inFirstPage = (first ^ physical) >>> 12 == 0;
        return inFirstPage ? first : secondPage + (first & 0xfff);
    }

    /** Any of the bytes at a physical address (within one page) is part of the block. */
    boolean overlaps(long address, int size) {
        long inFirst = Math.min(bytes.length, 4096 - (physical & 0xfff));
        if (address < physical + inFirst && physical < address + size) {
            return true;
        }
        return secondPage >= 0 && address < secondPage + (bytes.length - inFirst) && secondPage < address + size;
    }

    /** Lengths in bytes of its instructions. */
    public byte[] instructionLengths() {
        byte[] lengths = new byte[ops.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = (byte) ops[i].insn.length;
        }
        return lengths;
    }
}
