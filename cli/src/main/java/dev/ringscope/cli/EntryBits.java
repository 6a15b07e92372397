package dev.ringscope.cli;

/** A page-table entry for people: Intel SDM vol. 3A, 4.5, "4-Level Paging". */
final class EntryBits {
    private static final String[] LOW = {"P", "RW", "US", "PWT", "PCD", "A", "D", "PS", "G"};
    private static final long FRAME = 0x000f_ffff_ffff_f000L;

    private EntryBits() {}

    /** For instance {@code 0x1000 P RW A}; an entry that is not present is a number. */
    static String describe(long entry) {
        if ((entry & 1) == 0) {
            return Names.hex(entry);
        }
        StringBuilder text = new StringBuilder(Names.hex(entry & FRAME));
        for (int bit = 0; bit < LOW.length; bit++) {
            if ((entry >>> bit & 1) != 0) {
                text.append(' ').append(LOW[bit]);
            }
        }
        return entry < 0 ? text + " NX" : text.toString();
    }
}
