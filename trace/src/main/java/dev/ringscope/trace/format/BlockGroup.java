package dev.ringscope.trace.format;

import dev.ringscope.trace.TraceFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The blocks that a group of chunks has defined so far, by their number in the group, with the slots of their
 * instructions.
 */
public final class BlockGroup {
    private final List<BlockDefinition> blocks = new ArrayList<>();
    private int[] slots = new int[256];
    /** Instructions of each block: a walk along the flow asks for nothing else. */
    private int[] lengths = new int[256];

    private int nextSlot = 1;

    /** Number of blocks. */
    public int size() {
        return blocks.size();
    }

    public BlockDefinition get(int number) {
        return blocks.get(number);
    }

    void add(BlockDefinition block) {
        if (blocks.size() == slots.length) {
            slots = Arrays.copyOf(slots, 2 * slots.length);
            lengths = Arrays.copyOf(lengths, slots.length);
        }
        slots[blocks.size()] = nextSlot;
        lengths[blocks.size()] = block.instructions();
        nextSlot += block.instructions();
        blocks.add(block);
    }

    /** The blocks from one number up to another. */
    List<BlockDefinition> range(int from, int end) {
        return blocks.subList(from, end);
    }

    /** Instructions of a block. */
    int length(int number) {
        return lengths[number];
    }

    /** Slot of the first instruction of a block. */
    int slot(int number) {
        return slots[number];
    }

    /** One more than the highest slot. */
    int slotCount() {
        return nextSlot;
    }

    /**
     * Adds what a chunk defines.
     *
     * @throws TraceFormatException if the chunk's numbers do not follow on these
     */
    public void add(ChunkEnvelope chunk) {
        chunk.place().verify(chunk.firstBlock() == size(), "first_block %d".formatted(size()), chunk.firstBlock());
        chunk.decodeBlocks().forEach(this::add);
    }
}
