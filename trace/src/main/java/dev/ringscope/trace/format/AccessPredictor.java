package dev.ringscope.trace.format;

/**
 * What writer and reader both expect of the next data access: see {@code Accesses} in chunk.proto. Addresses follow
 * from the instruction's last address and step; values from what was last seen at the same address.
 */
final class AccessPredictor {
    private static final int TABLE_BITS = 13;
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    /** Per slot: last and step of loads, last and step of stores. */
    private final long[] slots;
    /** Of the last load and the last store: position, and the address behind it. */
    private final long[] lastPosition = {-1, -1};

    private final long[] behind = new long[2];

    private final long[] seenAddress = new long[1 << TABLE_BITS];
    private final long[] seenValue = new long[1 << TABLE_BITS];
    private final byte[] seenSize = new byte[1 << TABLE_BITS];

    AccessPredictor(int slotCount) {
        slots = new long[4 * slotCount];
    }

    /** @param direction 0 load, 1 store */
    long address(int slot, int direction, long position) {
        if (position == lastPosition[direction]) {
            return behind[direction];
        }
        int at = 4 * slot + 2 * direction;
        return slots[at] + slots[at + 1];
    }

    void seeAddress(int slot, int direction, long position, long address, int size) {
        if (position != lastPosition[direction]) {
            int at = 4 * slot + 2 * direction;
            slots[at + 1] = (slots[at] | slots[at + 1]) == 0 ? 0 : address - slots[at];
            slots[at] = address;
            lastPosition[direction] = position;
        }
        behind[direction] = address + size;
    }

    /** The table's entry for an address. */
    static int entry(long address) {
        return (int) (address * MULTIPLIER >>> 64 - TABLE_BITS);
    }

    /** Whether the entry knows the value at that address. */
    boolean knows(int entry, long address, int size) {
        return seenAddress[entry] == address && seenSize[entry] == size;
    }

    long value(int entry) {
        return seenValue[entry];
    }

    void seeValue(int entry, long address, int size, long value) {
        seenAddress[entry] = address;
        seenSize[entry] = (byte) size;
        seenValue[entry] = value;
    }
}
