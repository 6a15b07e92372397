package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Cpu;
import java.util.Arrays;

/**
 * One software TLB: direct-mapped, laid out as {@link Cpu} says. It remembers which entries were filled, so that
 * clearing a sparsely used one is cheap. Behind it a second, larger level keeps what was put, so that a translation
 * that had to make room for another is found again without a walk.
 */
final class Tlb {
    private static final long PAGE_MASK = -4096;
    private static final int SECOND = 1 << 14;
    private static final int READABLE = 1;
    private static final int WRITABLE = 2;
    /** Stores are allowed, but somebody minds what is stored: the page holds code or page tables. */
    private static final int MINDED = 4;

    /**
     * {@link TouchedPages} has been told of reads through the page, or of stores, since the entry's generation began.
     */
    private static final long TOLD_READ = 1L << 32;

    private static final long TOLD_WRITTEN = 1L << 33;

    private static final int RIGHTS = READABLE | WRITABLE | MINDED;
    private static final int GENERATION_SHIFT = 3;
    /** Generations are numbered from 1. */
    private static final int GENERATIONS = 511;

    final long[] entries = new long[4 * Cpu.TLB_ENTRIES];
    private final int[] filled = new int[256];
    /** Entries filled since the last clearing; above the capacity of {@link #filled} they are not listed. */
    private int count = filled.length + 1;

    /**
     * The second level: for each entry the linear page with {@link #READABLE}, {@link #WRITABLE}, {@link #MINDED} and
     * the generation in its lower bits, and the index in memory with {@link #TOLD_READ} and {@link #TOLD_WRITTEN}. An
     * entry that was dropped keeps all but its rights.
     */
    private final long[] second = new long[2 * SECOND];

    /** Entries of another generation count for nothing. */
    private int generation = GENERATIONS;

    Tlb() {
        clear();
    }

    private static int secondEntry(long linear) {
        return ((int) (linear >>> 12 ^ linear >>> 26) & SECOND - 1) << 1;
    }

    static int entry(long linear) {
        return ((int) (linear >>> 12) & Cpu.TLB_ENTRIES - 1) << 2;
    }

    /**
     * Fills the entry of a linear page.
     *
     * @param minded {@link #mindedStore} serves stores
     * @param index of the page's first byte in {@link Cpu#ram}
     * @param read {@link TouchedPages} knows that it was read
     * @param written and that it was written
     */
    void put(
            long linear, boolean readable, boolean writable, boolean minded, int index, boolean read, boolean written) {
        int s = secondEntry(linear);
        int rights = (readable ? READABLE : 0) | (writable ? WRITABLE : 0) | (minded ? MINDED : 0);
        second[s] = linear & PAGE_MASK | generation << GENERATION_SHIFT | rights;
        second[s + 1] = index | (read ? TOLD_READ : 0) | (written ? TOLD_WRITTEN : 0);
        putFirst(linear, readable, writable, index);
    }

    /**
     * Fills the entry of a linear page from the second level.
     *
     * @return whether it serves stores, or loads, now
     */
    boolean refill(long linear, boolean write) {
        int s = secondEntry(linear);
        long found = second[s] ^ (linear & PAGE_MASK | generation << GENERATION_SHIFT);
        if ((found & ~RIGHTS) != 0 || (found & (write ? WRITABLE : READABLE)) == 0) {
            return false;
        }
        putFirst(linear, (found & READABLE) != 0, (found & WRITABLE) != 0, (int) second[s + 1]);
        return true;
    }

    /** The index in memory of bytes that may be stored to without more ado; -1 if that is not known of all. */
    int stores(long linear, int size) {
        int e = entry(linear);
        long last = linear + size - 1 & PAGE_MASK;
        return entries[e + 1] == last && (linear & PAGE_MASK) == last ? (int) (linear + entries[e + 2]) : -1;
    }

    /** The index in memory of a byte that may be stored to, but not without telling; -1 if that is not known. */
    int mindedStore(long linear) {
        int s = secondEntry(linear);
        long found = second[s] ^ (linear & PAGE_MASK | generation << GENERATION_SHIFT);
        return (found & ~RIGHTS) == 0 && (found & MINDED) != 0 ? (int) second[s + 1] | (int) linear & 4095 : -1;
    }

    /** Whether {@link TouchedPages} is known to know of reads through a linear page. */
    boolean toldOfRead(long linear) {
        int s = secondEntry(linear);
        return sameEntry(s, linear) && (second[s + 1] & TOLD_READ) != 0;
    }

    /** The same of stores to the page of that index of {@link Cpu#ram}. */
    boolean toldOfWrite(long linear, int index) {
        int s = secondEntry(linear);
        return sameEntry(s, linear) && (second[s + 1] & TOLD_WRITTEN) != 0 && (int) second[s + 1] == (index & -4096);
    }

    private boolean sameEntry(int s, long linear) {
        return ((second[s] ^ (linear & PAGE_MASK | generation << GENERATION_SHIFT)) & ~RIGHTS) == 0;
    }

    private void putFirst(long linear, boolean readable, boolean writable, int index) {
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
        clearSecond();
    }

    private void clearSecond() {
        if (++generation > GENERATIONS) {
            Arrays.fill(second, 0);
            generation = 1;
        }
    }

    /** Forgets one linear page. */
    void drop(long linear) {
        if (count == 0) {
            return; // nothing was put since it was cleared
        }
        int e = entry(linear);
        long page = linear & PAGE_MASK;
        if (entries[e] == page || entries[e + 1] == page) {
            // The entry stays listed in filled; put() may list it twice, which only costs a second clearing.
            entries[e] = Cpu.NO_PAGE;
            entries[e + 1] = Cpu.NO_PAGE;
        }
        int s = secondEntry(linear);
        if (((second[s] ^ page) & PAGE_MASK) == 0) {
            second[s] &= ~RIGHTS;
        }
    }

    /** Forgets every translation to the page at that index of {@link Cpu#ram}. */
    void dropTarget(int index) {
        if (count == 0) {
            return;
        }
        clearSecond();
        for (int e = 0; e < entries.length; e += 4) {
            if (entries[e + 3] == index) {
                entries[e] = Cpu.NO_PAGE;
                entries[e + 1] = Cpu.NO_PAGE;
            }
        }
    }
}
