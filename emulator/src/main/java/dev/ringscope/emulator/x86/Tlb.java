package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Cpu;
import java.util.Arrays;

/**
 * One software TLB: direct-mapped, laid out as {@link Cpu} says. It remembers which entries were filled, so that
 * clearing a sparsely used one is cheap.
 */
final class Tlb {
    private static final long PAGE_MASK = -4096;

    final long[] entries = new long[4 * Cpu.TLB_ENTRIES];
    private final int[] filled = new int[256];
    /** Entries filled since the last clearing; above the capacity of {@link #filled} they are not listed. */
    private int count = filled.length + 1;

    Tlb() {
        clear();
    }

    static int entry(long linear) {
        return ((int) (linear >>> 12) & Cpu.TLB_ENTRIES - 1) << 2;
    }

    /**
     * Fills the entry of a linear page.
     *
     * @param index of the page's first byte in {@link Cpu#ram}
     */
    void put(long linear, boolean readable, boolean writable, int index) {
        int e = entry(linear);
        long page = linear & PAGE_MASK;
        if (entries[e] == Cpu.NO_PAGE && entries[e + 1] == Cpu.NO_PAGE) {
            if (count < filled.length) {
                filled[count] = e;
            }
            count++;
        }
        entries[e] = readable ? page : Cpu.NO_PAGE;
        entries[e + 1] = writable ? page : Cpu.NO_PAGE;
        entries[e + 2] = index - page;
        entries[e + 3] = index;
    }

    void clear() {
        if (count > filled.length) {
            Arrays.fill(entries, Cpu.NO_PAGE);
        } else {
            for (int i = 0; i < count; i++) {
                entries[filled[i]] = Cpu.NO_PAGE;
                entries[filled[i] + 1] = Cpu.NO_PAGE;
            }
        }
        count = 0;
    }

    /** Forgets one linear page. */
    void drop(long linear) {
        int e = entry(linear);
        long page = linear & PAGE_MASK;
        if (entries[e] == page || entries[e + 1] == page) {
            // The entry stays listed in filled; put() may list it twice, which only costs a second clearing.
            entries[e] = Cpu.NO_PAGE;
            entries[e + 1] = Cpu.NO_PAGE;
        }
    }

    /** Forgets every translation to the page at that index of {@link Cpu#ram}. */
    void dropTarget(int index) {
        for (int e = 0; e < entries.length; e += 4) {
            if (entries[e + 3] == index) {
                entries[e] = Cpu.NO_PAGE;
                entries[e + 1] = Cpu.NO_PAGE;
            }
        }
    }
}
