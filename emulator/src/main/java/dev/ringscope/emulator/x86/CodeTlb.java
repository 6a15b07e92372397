package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Cpu;
import java.util.Arrays;

/** Translations for instruction fetches of one privilege: direct-mapped, linear page and physical page in turn. */
final class CodeTlb {
    private static final int PAGES = 256;
    private static final long PAGE_MASK = -4096;

    private final long[] entries = new long[2 * PAGES];
    /** A bit for each page, told apart by a hash, that was translated since the last clearing. */
    private final long[] translated = new long[64];

    CodeTlb() {
        clear();
    }

    private static int entry(long linear) {
        return ((int) (linear >>> 12) & PAGES - 1) << 1;
    }

    /** The physical address, or -1. */
    long find(long linear) {
        int e = entry(linear);
        return entries[e] == (linear & PAGE_MASK) ? entries[e + 1] | linear & 4095 : -1;
    }

    void put(long linear, long physical) {
        int e = entry(linear);
        entries[e] = linear & PAGE_MASK;
        entries[e + 1] = physical & PAGE_MASK;
        int bit = bit(linear);
        translated[bit >>> 6] |= 1L << bit;
    }

    private static int bit(long linear) {
        return (int) (linear >>> 12 ^ linear >>> 24) & 0xfff;
    }

    /** Whether code may have been found through that page since the last clearing; false only if it was not. */
    boolean hasTranslated(long linear) {
        int bit = bit(linear);
        return (translated[bit >>> 6] >>> bit & 1) != 0;
    }

    void drop(long linear) {
        entries[entry(linear)] = Cpu.NO_PAGE;
    }

    void clear() {
        Arrays.fill(entries, Cpu.NO_PAGE);
        Arrays.fill(translated, 0);
    }
}
