package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.memory.LongSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The pages of the code that a chunk's flow executes. */
final class ExecutedPages {
    private static final long MASK32 = 0xffff_ffffL;
    private static final int EXCEPTION = Event.Cause.EXCEPTION.ordinal();

    private final LongSet physical = new LongSet();
    private final LongSet linear = new LongSet();
    /** Of the code segments. */
    private final Set<Long> bases = new HashSet<>();
    /** Of the exception added last: where it was raised. */
    private long lastPc;

    private int lastSelector = -1;

    /** @param count of the entries, from the first */
    ExecutedPages(BlockGroup group, FlowColumn flow, int count) {
        boolean[] used = new boolean[group.size()];
        flow.mark(count, used);
        for (int number = 0; number < used.length; number++) {
            if (used[number]) {
                add(group.get(number));
            }
        }
    }

    private void add(BlockDefinition block) {
        physical.add(block.physical() >>> 12);
        if (block.secondPage() >= 0) {
            physical.add(block.secondPage());
        }
        linear.add(ChunkPages.linearPage(block.linear()));
        linear.add(ChunkPages.linearPage(block.address(block.instructions() - 1)));
        bases.add(block.codeBase());
    }

    /** An instruction that faults does not retire: its place is what the exception saved. */
    void add(EventRows rows, int row) {
        if (rows.sort(row) != EventRows.TRAP || rows.trapCause(row) != EXCEPTION) {
            return;
        }
        long pc = rows.large(row, 2);
        int selector = rows.trapSelector(row);
        if (pc == lastPc && selector == lastSelector) {
            return; // the same instruction faults again and again
        }
        lastPc = pc;
        lastSelector = selector;
        linear.add(ChunkPages.linearPage(pc));
        linear.add(ChunkPages.linearPage(pc + ((long) selector << 4) & MASK32));
        for (long base : bases) {
            if (base != 0) {
                linear.add(ChunkPages.linearPage(pc + base & MASK32));
            }
        }
    }

    List<Long> physical() {
        return SortedDeltas.encode(physical.sorted());
    }

    List<Long> linear() {
        return SortedDeltas.encode(linear.sorted());
    }
}
