package dev.ringscope.emulator.x86;

/**
 * Paging once more, written down clause by clause from Intel SDM vol. 3A, ch. 4, with no thought of speed and sharing
 * nothing with the walker under test.
 *
 * @param physical the address found
 * @param error the page-fault error code, or -1 if the access is allowed
 * @param leaf physical address of the entry that maps the page
 */
record SlowWalk(long physical, int error, long leaf) {
    /** What the processor is set up to do. */
    record Setup(
            PagingMode mode,
            boolean wp,
            boolean smep,
            boolean smap,
            boolean nxe,
            boolean pse,
            long root,
            long[] pdpte) {}

    /** What is accessed, by whom. */
    record Wish(long linear, boolean write, boolean user, boolean fetch, boolean ac) {}

    static SlowWalk of(TranslatedMemory m, Setup s, Wish w) {
        boolean eight = s.mode != PagingMode.BITS32;
        int levels = s.mode == PagingMode.LEVEL4 ? 4 : 2;
        long table = s.root;
        boolean allUser = true;
        boolean allWritable = true;
        boolean anyNx = false;
        if (s.mode == PagingMode.PAE) {
            long pointer = s.pdpte[(int) (w.linear >> 30) & 3];
            if ((pointer & 1) == 0) {
                return new SlowWalk(0, error(s, w, false, false), 0);
            }
            table = pointer & 0xff_ffff_f000L;
        }
        for (int level = levels; ; level--) {
            int low = eight ? 12 + 9 * (level - 1) : 12 + 10 * (level - 1);
            long index = w.linear >>> low & (eight ? 0x1ff : 0x3ff);
            long at = table + index * (eight ? 8 : 4);
            long e = m.memory.read(at, eight ? 8 : 4);
            if ((e & 1) == 0) {
                return new SlowWalk(0, error(s, w, false, false), at);
            }
            boolean page = level == 1 || level < 4 && (e & 0x80) != 0 && (eight || s.pse);
            if (reserved(s, level, e, page)) {
                return new SlowWalk(0, error(s, w, true, true), at);
            }
            allWritable &= (e & 2) != 0;
            allUser &= (e & 4) != 0;
            anyNx |= eight && s.nxe && e < 0;
            if (page) {
                boolean allowed = allowed(s, w, allUser, allWritable, anyNx);
                long size = 1L << low;
                long frame = eight ? e & 0xff_ffff_ffffL : level == 1 ? e : e & 0xffc0_0000L | (e >> 13 & 0xff) << 32;
                return new SlowWalk(
                        (frame | size - 1) - (size - 1) + (w.linear & size - 1),
                        allowed ? -1 : error(s, w, true, false),
                        at);
            }
            table = e & 0xff_ffff_f000L;
        }
    }

    private static boolean reserved(Setup s, int level, long e, boolean page) {
        if (s.mode == PagingMode.BITS32) {
            return level == 2 && page && (e & 1 << 21) != 0;
        }
        boolean nx = !s.nxe && e < 0;
        boolean address = (e >>> 40 & 0xfff) != 0;
        boolean above = s.mode == PagingMode.PAE && (e >>> 52 & 0x7ff) != 0;
        boolean root = level == 4 && (e & 0x80) != 0;
        boolean huge = level == 3 && page && (e >>> 13 & 0x1ffff) != 0;
        boolean large = level == 2 && page && (e >>> 13 & 0xff) != 0;
        return nx || address || above || root || huge || large;
    }

    /** SDM vol. 3A, 4.6.1. */
    private static boolean allowed(Setup s, Wish w, boolean userPage, boolean writable, boolean nx) {
        if (w.fetch && w.user) {
            return userPage && !nx;
        }
        if (w.fetch) {
            return !nx && !(userPage && s.smep);
        }
        if (w.user) {
            return userPage && (!w.write || writable);
        }
        if (userPage && s.smap && !w.ac) {
            return false;
        }
        return !w.write || writable || !s.wp;
    }

    private static int error(Setup s, Wish w, boolean present, boolean reserved) {
        boolean tellsFetch = w.fetch && (s.smep || s.nxe && s.mode != PagingMode.BITS32);
        return (present ? 1 : 0) + (w.write ? 2 : 0) + (w.user ? 4 : 0) + (reserved ? 8 : 0) + (tellsFetch ? 16 : 0);
    }
}
