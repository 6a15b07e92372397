package dev.ringscope.emulator.user;

/**
 * A TLS segment of i386 (set_thread_area(2)).
 *
 * @param entry number of a GDT slot, 12 to 14; -1: whichever
 * @param descriptor what that slot holds
 */
record ThreadArea(int entry, long descriptor) {
    static final int FIRST = 12;

    /** From a {@code struct user_desc}. @throws Errno EINVAL, EFAULT */
    static ThreadArea read(LinuxProcess p, long address) {
        int entry = p.memory().u32(address);
        if (entry != -1 && (entry < FIRST || entry > FIRST + 2)) {
            throw new Errno(Errno.EINVAL);
        }
        long base = p.memory().u32(address + 4) & 0xffff_ffffL;
        long limit = p.memory().u32(address + 8) & 0xffff_ffffL;
        long pages = (p.memory().u32(address + 12) & 0x10) != 0 ? 1 : 0;
        return new ThreadArea(
                entry,
                limit & 0xffff
                        | (base & 0xff_ffff) << 16
                        | 0xf3L << 40 // present, DPL 3, data, writable, accessed
                        | (limit >> 16 & 0xf) << 48
                        | (4 | pages << 3) << 52
                        | (base >> 24 & 0xff) << 56);
    }
}
