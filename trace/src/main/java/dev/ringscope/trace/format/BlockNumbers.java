package dev.ringscope.trace.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns the machine's block numbers, which count through the whole run, into those of the present group. */
final class BlockNumbers {
    /** Of an entry of {@link #known}: the group has not defined the block. */
    private static final int NONE = -1;

    private final List<BlockDefinition> all = new ArrayList<>();
    /**
     * By the machine's number: instructions in the upper half, the number in the group in the lower: one look for both.
     */
    private long[] known = new long[1 << 12];

    /** The machine's numbers of the group's blocks. */
    private int[] members = new int[1 << 10];

    private BlockGroup group = new BlockGroup();

    void define(BlockDefinition block) {
        int id = all.size();
        all.add(block);
        if (id == known.length) {
            known = Arrays.copyOf(known, 2 * id);
        }
        known[id] = pack(block.instructions(), NONE);
    }

    private static long pack(int instructions, int number) {
        return (long) instructions << 32 | number & 0xffff_ffffL;
    }

    /**
     * How many instructions a block has, in the upper half, and in the lower its number in the group, which defines the
     * block if it has not yet.
     */
    long find(int id) {
        long found = known[id];
        return (int) found >= 0 ? found : enter(id);
    }

    BlockGroup group() {
        return group;
    }

    void startGroup() {
        for (int i = 0; i < group.size(); i++) {
            known[members[i]] |= 0xffff_ffffL; // NONE
        }
        group = new BlockGroup();
    }

    private long enter(int id) {
        int number = group.size();
        if (number == members.length) {
            members = Arrays.copyOf(members, 2 * number);
        }
        members[number] = id;
        group.add(all.get(id));
        long found = pack(all.get(id).instructions(), number);
        known[id] = found;
        return found;
    }
}
