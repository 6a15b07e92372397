package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import java.util.Arrays;

/**
 * What writer and reader both expect of the next data access: see {@code Accesses} in chunk.proto. Addresses follow
 * from the instruction's last address and step; values from what was last seen at the same address.
 */
final class AccessPredictor {
    private static final int TABLE_BITS = 13;
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    /** Per slot: last and step of loads, last and step of stores. */
    private long[] slots = {};
    /** Per entry: the address and the value last seen. */
    private final long[] seen = new long[2 << TABLE_BITS];
    /** Per entry: the size; 0 if nothing has been seen. */
    private final byte[] seenSize = new byte[1 << TABLE_BITS];

    AccessPredictor() {}

    AccessPredictor(int slotCount) {
        clear(slotCount);
    }

    /** Forgets everything, at the start of a chunk. */
    void clear(int slotCount) {
        if (4 * slotCount > slots.length) {
            slots = new long[4 * slotCount];
        } else {
            Arrays.fill(slots, 0, 4 * slotCount, 0);
        }
        Arrays.fill(seenSize, (byte) 0);
    }

    /** Where an access is expected that does not follow another of its instruction's. */
    long address(int slot, boolean store) {
        int at = 4 * slot + (store ? 2 : 0);
        return slots[at] + slots[at + 1];
    }

    /**
     * Sees the address of such an access, and tells by how much it is not what was expected.
     *
     * @param direction 0 for a load, {@link AccessLog#WRITE} for a store
     */
    long error(int slot, int direction, long address) {
        int at = 4 * slot + direction / (AccessLog.WRITE / 2);
        long last = slots[at];
        long step = slots[at + 1];
        slots[at] = address;
        slots[at + 1] = (last | step) == 0 ? 0 : address - last;
        return address - last - step;
    }

    /** The table's entry for an address. */
    private static int entry(long address) {
        return (int) (address * MULTIPLIER >>> 64 - TABLE_BITS);
    }

    /** Whether the value at that address is known. */
    boolean knows(long address, int size) {
        int entry = entry(address);
        return seen[2 * entry] == address && seenSize[entry] == size;
    }

    /** What was last seen where an address is seen. */
    long value(long address) {
        return seen[2 * entry(address) + 1];
    }

    /**
     * Sees a value.
     *
     * @return 0 if it is what was expected, else 1
     */
    int miss(long address, int size, long value) {
        int entry = entry(address);
        long different = seen[2 * entry] ^ address | seen[2 * entry + 1] ^ value | seenSize[entry] ^ size;
        seen[2 * entry] = address;
        seen[2 * entry + 1] = value;
        seenSize[entry] = (byte) size;
        return (int) ((different | -different) >>> 63);
    }
}
