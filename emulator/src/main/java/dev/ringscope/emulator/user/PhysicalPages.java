package dev.ringscope.emulator.user;

import java.util.ArrayDeque;

/** Gives out physical pages of the machine's memory, above what the kernel occupies. */
final class PhysicalPages {
    private static final long FIRST = 0x10_8000;
    private static final long LAST = 1L << 30;

    private final long end;
    private final ArrayDeque<Long> free = new ArrayDeque<>();
    private long next = FIRST;

    PhysicalPages(long ramSize) {
        end = Math.min(ramSize, LAST);
    }

    /** A page that holds zeros, or will when the answer is applied. @throws Errno ENOMEM */
    long take(Answer answer) {
        Long used = free.poll();
        if (used != null) {
            answer.add(new Answer.Clear(used));
            return used;
        }
        if (next >= end) {
            throw new Errno(Errno.ENOMEM);
        }
        next += 4096;
        return next - 4096;
    }

    /** Pages that follow each other, all zero: at power-on only, when none has been given back. @throws Errno ENOMEM */
    long takeRun(long count) {
        if (count > (end - next) / 4096) {
            throw new Errno(Errno.ENOMEM);
        }
        next += 4096 * count;
        return next - 4096 * count;
    }

    /** How many more there are. */
    long left() {
        return (end - next) / 4096 + free.size();
    }

    void give(long page) {
        free.add(page);
    }
}
