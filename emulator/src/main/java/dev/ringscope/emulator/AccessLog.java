package dev.ringscope.emulator;

/**
 * Data accesses of the guest in order, as columns that the guest's thread fills: nothing but stores and a count. A
 * 16-byte access is two entries of 8. Accesses that the processor makes on its own (descriptors, interrupt frames)
 * count too; page-table walks do not.
 */
public final class AccessLog {
    public static final int CAPACITY = 1 << 14;
    /** Bit of {@link #kind}: a store. The low four bits are the size in bytes (1, 2, 4, 8, and 10 for x87 as 8 + 2). */
    public static final byte WRITE = 0x10;

    /** Linear addresses. */
    public final long[] address = new long[CAPACITY];
    /** Values, zero-extended, as read or as written. */
    public final long[] value = new long[CAPACITY];

    public final byte[] kind = new byte[CAPACITY];
    /** Instructions that had retired, less the position of the batch's start: which instruction made the access. */
    public final int[] instruction = new int[CAPACITY];
    /** The position that {@link #instruction} counts from. */
    public long base;

    public int count;

    /** Adds what another log holds, for which there must be room. */
    public void append(AccessLog other) {
        append(other, 0);
    }

    /** Adds what another log holds from a place on. */
    public void append(AccessLog other, int from) {
        int more = other.count - from;
        System.arraycopy(other.address, from, address, count, more);
        System.arraycopy(other.value, from, value, count, more);
        System.arraycopy(other.kind, from, kind, count, more);
        if (count == 0) {
            base = other.base;
        }
        int later = Math.toIntExact(other.base - base);
        for (int i = 0; i < more; i++) {
            instruction[count + i] = later + other.instruction[from + i];
        }
        count += more;
    }
}
