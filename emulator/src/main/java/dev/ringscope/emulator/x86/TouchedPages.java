package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.memory.LongSet;

/**
 * The linear pages through which instructions, and the processor on its own, accessed data since the chunk began, and
 * where stores went. Only the slow path of {@link Paging} tells them: the TLB is empty when a chunk begins, and it
 * serves reads or stores of a page only after one has been told here.
 */
public final class TouchedPages {
    /** Linear page numbers have 52 bits, of which 36 tell them apart: addresses are canonical or have 32 bits. */
    private static final int PAGE_BITS = 36;

    private static final int MEMORY_BITS = 20;
    /** In place of a page of memory: a device, or nothing. Memory has fewer pages. */
    private static final int NO_MEMORY = (1 << MEMORY_BITS) - 1;

    private final LongSet read = new LongSet();
    /** Linear page, and in the lower bits the page of memory. */
    private final LongSet written = new LongSet();

    private static long page(long linear) {
        return linear >>> 12 & (1L << PAGE_BITS) - 1;
    }

    /** @param tlb may know that this has been told */
    void read(long linear, Tlb tlb) {
        if (!tlb.toldOfRead(linear)) {
            read(linear);
        }
    }

    void read(long linear) {
        read.add(page(linear));
    }

    /**
     * @param index of the byte in memory, -1 if it is none
     * @param tlb may know that this has been told
     */
    void written(long linear, int index, Tlb tlb) {
        if (!tlb.toldOfWrite(linear, index)) {
            written(linear, index);
        }
    }

    void written(long linear, int index) {
        written.add(pair(linear, index));
    }

    private static long pair(long linear, int index) {
        return page(linear) << MEMORY_BITS | (index < 0 ? NO_MEMORY : index >>> 12);
    }

    boolean wasRead(long linear, Tlb tlb) {
        return tlb.toldOfRead(linear) || read.contains(page(linear));
    }

    /** @param index of a byte in memory */
    boolean wasWritten(long linear, int index, Tlb tlb) {
        return tlb.toldOfWrite(linear, index) || written.contains(pair(linear, index));
    }

    void clear() {
        read.clear();
        written.clear();
    }

    /** What has been told since the chunk began. */
    public Snapshot.LinearPages take(Paging paging) {
        long[] pairs = written.sorted();
        long[] linear = new long[pairs.length];
        long[] physical = new long[pairs.length];
        for (int i = 0; i < pairs.length; i++) {
            int memoryPage = (int) pairs[i] & NO_MEMORY;
            linear[i] = pairs[i] >>> MEMORY_BITS;
            physical[i] = memoryPage == NO_MEMORY ? -1 : paging.physical(memoryPage << 12) >>> 12;
        }
        return new Snapshot.LinearPages(linear, physical, read.sorted());
    }
}
