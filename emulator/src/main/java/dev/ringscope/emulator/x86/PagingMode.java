package dev.ringscope.emulator.x86;

/** How linear addresses become physical ones (Intel SDM vol. 3A, 4.1.1). */
public enum PagingMode {
    /** CR0.PG = 0: they are the same. */
    NONE,
    /** Two levels of 4-byte entries, pages of 4 KiB and 4 MiB. */
    BITS32,
    /** Four registers and two levels of 8-byte entries, pages of 4 KiB and 2 MiB. */
    PAE,
    /** Four levels of 8-byte entries, pages of 4 KiB, 2 MiB and 1 GiB. */
    LEVEL4;

    static PagingMode of(X86Cpu cpu) {
        if ((cpu.cr0 & X86Cpu.CR0_PG) == 0) {
            return NONE;
        }
        if ((cpu.cr4 & X86Cpu.CR4_PAE) == 0) {
            return BITS32;
        }
        return cpu.longMode() ? LEVEL4 : PAE;
    }

    /** Bytes per entry. */
    int entrySize() {
        return this == BITS32 ? 4 : 8;
    }
}
