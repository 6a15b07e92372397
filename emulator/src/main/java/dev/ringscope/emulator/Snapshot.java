package dev.ringscope.emulator;

import java.util.List;

/**
 * The machine between two instructions, as a recorder takes it at the end of a chunk. Valid only during that call, on
 * the guest's thread. What it returns must depend on nothing but the guest, its configuration and the inputs so far.
 */
public interface Snapshot {
    /**
     * Where a processor stands.
     *
     * @param ring privilege level as the architecture counts it
     * @param translationRoot the register that names the translation tables: CR3
     */
    record Context(int ring, Event.Mode mode, long translationRoot) {}

    /** A device's name and what its {@code save} wrote. */
    record DeviceState(String name, byte[] state) {}

    /**
     * The linear pages (the low 36 bits of address / 4096) through which instructions, and the processor on its own,
     * accessed data: exactly those.
     *
     * @param written pages of stores, ascending, once for each physical page that they went to
     * @param physical for each of {@code written} that physical page, ascending for the same linear one; -1 for one
     *     that is a device's or nobody's
     * @param read pages of loads, ascending
     */
    @SuppressWarnings("ArrayRecordComponent")
    record LinearPages(long[] written, long[] physical, long[] read) {}

    /** Instructions retired. */
    long position();

    /** Virtual time in nanoseconds. */
    long time();

    /** One per processor. */
    List<Context> contexts();

    /** The state of each processor as restoring needs it. */
    List<byte[]> processors();

    /** In the order of {@link MachineDescription#devices}. */
    List<DeviceState> devices();

    /** What belongs to no processor and no device: clock and timers. */
    byte[] machine();

    /**
     * A processor's registers, in the order of {@link MachineDescription#registers}: for each, as many longs as its
     * bits need, from the low end, zero-extended.
     */
    long[] registers(int processor);

    /**
     * Physical pages (address / 4096, ascending) written since the last call, by whoever; the first call gives all that
     * are not zero, ROM too. Forgets them.
     */
    long[] takeChangedPages();

    /** Physical pages (ascending) written since the last call of this method: those of the chunk. Forgets them. */
    long[] takeWrittenPages();

    /** Physical pages (ascending) that instructions read data from since the last call. Forgets them. */
    long[] takeReadPages();

    /**
     * The lines of 64 bytes that were written since {@link #takeReadPages} was called last.
     *
     * @param pages physical pages of memory
     * @return for each of them, bit n for its bytes 64n to 64n + 63; never too few
     */
    long[] writtenLines(long[] pages);

    /** The linear pages of accesses since {@link #takeReadPages} was called last. */
    LinearPages linearPages();

    /**
     * Has an action run on the guest's thread before any of these pages is written again: at once, or each time when
     * one of them is about to be. Behind {@link #takeReadPages}.
     *
     * @param pages physical pages of RAM or ROM
     */
    void beforeWrite(long[] pages, Runnable action);

    /**
     * The array that holds a physical page of RAM or ROM for which {@link #pageIndex} has said where. Not to be
     * written.
     */
    byte[] memory();

    /** Index into {@link #memory} of the first byte of a physical page. */
    int pageIndex(long page);

    /** The same of several. */
    default int[] pageIndices(long[] pages) {
        int[] indices = new int[pages.length];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = pageIndex(pages[i]);
        }
        return indices;
    }
}
