package dev.ringscope.emulator.memory;

import java.util.Arrays;

/** A set of numbers from 0 to 2^63 - 1 that is asked often and emptied often: open addressing, linear probing. */
public final class LongSet {
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    /** Complements of the members; 0 where there is none. */
    private long[] slots = new long[256];

    private int count;

    public boolean contains(long number) {
        return slots[slot(number)] != 0;
    }

    public void add(long number) {
        int slot = slot(number);
        if (slots[slot] == 0) {
            slots[slot] = ~number;
            count++;
            if (count > slots.length / 2) {
                grow();
            }
        }
    }

    /** The members, ascending. */
    public long[] sorted() {
        long[] members = new long[count];
        int n = 0;
        for (long slot : slots) {
            if (slot != 0) {
                members[n++] = ~slot;
            }
        }
        Arrays.sort(members);
        return members;
    }

    public void clear() {
        if (count > 0) {
            Arrays.fill(slots, 0);
            count = 0;
        }
    }

    /** Where a number is, or would be. */
    private int slot(long number) {
        int mask = slots.length - 1;
        int at = (int) (number * MULTIPLIER >>> 32) & mask;
        while (slots[at] != 0 && slots[at] != ~number) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] members = sorted();
        slots = new long[2 * slots.length];
        count = 0;
        for (long member : members) {
            add(member);
        }
    }
}
