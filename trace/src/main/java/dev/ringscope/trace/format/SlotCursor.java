package dev.ringscope.trace.format;

import dev.ringscope.emulator.Recorder;

/** Says which static instruction retired at a position, for ascending positions of one chunk. */
final class SlotCursor {
    private final BlockGroup group;
    private final int[] entries;
    private final int count;
    private int at;
    /** Positions first..next-1 lie in the block whose first instruction has that slot. */
    private long first;

    private long next;
    private int slot;

    SlotCursor(BlockGroup group, int[] entries, int count, long firstPosition) {
        this.group = group;
        this.entries = entries;
        this.count = count;
        first = firstPosition;
        next = firstPosition;
    }

    /** 0 behind the chunk's last instruction. */
    int slot(long position) {
        while (position >= next) {
            if (at == count) {
                return 0;
            }
            advance();
        }
        return slot + (int) (position - first);
    }

    private void advance() {
        int block = entries[at++];
        int length;
        if (at < count && entries[at] < 0) {
            length = entries[at++] & ~Recorder.PARTIAL;
        } else {
            length = group.length(block);
        }
        first = next;
        next += length;
        slot = group.slot(block);
    }
}
