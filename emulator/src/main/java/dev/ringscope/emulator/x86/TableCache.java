package dev.ringscope.emulator.x86;

import java.util.Arrays;

/**
 * Where the upper three levels of 4-level paging lead: a paging-structure cache of PDEs (Intel SDM vol. 3A, 4.10.3),
 * direct-mapped by linear address. An entry holds as long as {@link TablePages} is in the state in which it was put,
 * and nobody clears the cache: stores that change a present entry above the lowest level do, through
 * {@link Paging#flushAll}. So it never disagrees with the tables in memory.
 */
final class TableCache {
    private static final int ENTRIES = 64;
    /** Bits of a linear address below those that it is found by. */
    private static final int SHIFT = 21;

    private static final long NONE = Long.MAX_VALUE;

    private final long[] region = new long[ENTRIES];
    private final long[] version = new long[ENTRIES];
    private final long[] table = new long[ENTRIES];
    private final long[] all = new long[ENTRIES];
    private final long[] any = new long[ENTRIES];

    TableCache() {
        clear();
    }

    /**
     * The entry for a linear address, or -1.
     *
     * @param now {@link TablePages#version}
     */
    int find(long linear, long now) {
        int n = (int) (linear >>> SHIFT) & ENTRIES - 1;
        return region[n] == linear >> SHIFT && version[n] == now ? n : -1;
    }

    /**
     * @param now {@link TablePages#version}
     * @param lowest physical address of the table of the lowest level
     * @param conjunction of the entries above
     * @param disjunction of the entries above
     */
    void put(long linear, long now, long lowest, long conjunction, long disjunction) {
        int n = (int) (linear >>> SHIFT) & ENTRIES - 1;
        region[n] = linear >> SHIFT;
        version[n] = now;
        table[n] = lowest;
        all[n] = conjunction;
        any[n] = disjunction;
    }

    long table(int entry) {
        return table[entry];
    }

    long all(int entry) {
        return all[entry];
    }

    long any(int entry) {
        return any[entry];
    }

    void clear() {
        Arrays.fill(region, NONE);
    }
}
