package dev.ringscope.trace.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns the machine's block numbers, which count through the whole run, into those of the present group. */
final class BlockNumbers {
    private static final int NONE = -1;

    private final List<BlockDefinition> all = new ArrayList<>();
    /** By the machine's number: instructions, and the number in the group. */
    private int[] lengths = new int[1 << 12];

    private int[] numbers = new int[1 << 12];
    /** The machine's numbers of the group's blocks. */
    private int[] members = new int[1 << 10];

    private BlockGroup group = new BlockGroup();

    void define(BlockDefinition block) {
        int id = all.size();
        all.add(block);
        if (id == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * id);
            numbers = Arrays.copyOf(numbers, 2 * id);
        }
        lengths[id] = block.instructions();
        numbers[id] = NONE;
    }

    /** How many instructions a block has. */
    int length(int id) {
        return lengths[id];
    }

    /** The number in the group; the group defines the block if it has not yet. */
    int number(int id) {
        int number = numbers[id];
        return number >= 0 ? number : enter(id);
    }

    BlockGroup group() {
        return group;
    }

    void startGroup() {
        for (int i = 0; i < group.size(); i++) {
            numbers[members[i]] = NONE;
        }
        group = new BlockGroup();
    }

    private int enter(int id) {
        int number = group.size();
        if (number == members.length) {
            members = Arrays.copyOf(members, 2 * number);
        }
        members[number] = id;
        numbers[id] = number;
        group.add(all.get(id));
        return number;
    }
}
