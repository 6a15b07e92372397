package dev.ringscope.emulator.user;

import java.util.List;

/**
 * futex(2) without priority inheritance. All threads share one address space, so a futex is its linear address, private
 * or not. The threads that wait are woken in the order in which they came.
 */
final class FutexCalls {
    private static final int WAIT = 0, WAKE = 1, REQUEUE = 3, CMP_REQUEUE = 4, WAKE_OP = 5;
    private static final int WAIT_BITSET = 9, WAKE_BITSET = 10, CLOCK_REALTIME = 256;

    private FutexCalls() {}

    static void enter(SystemCalls t) {
        t.add(202, "futex", (p, a) -> futex(p, a, 8));
    }

    /** @param word bytes of each number in a {@code struct timespec} */
    static long futex(LinuxProcess p, long[] a, int word) {
        int operation = (int) a[1] & 0x7f;
        if ((a[0] & 3) != 0) {
            throw new Errno(Errno.EINVAL);
        }
        return switch (operation) {
            case WAIT, WAIT_BITSET -> {
                long time = a[3] == 0 ? Long.MAX_VALUE : TimeCalls.duration(p, a[3], word);
                yield await(p, a, time);
            }
            case WAKE -> wake(p, a[0], -1, (int) a[2]);
            case WAKE_BITSET -> wake(p, a[0], bits((int) a[5]), (int) a[2]);
            case REQUEUE -> requeue(p, a[0], a[4], (int) a[2], (int) a[3], false);
            case CMP_REQUEUE -> {
                if (p.memory().u32(a[0]) != (int) a[5]) {
                    throw new Errno(Errno.EAGAIN);
                }
                yield requeue(p, a[0], a[4], (int) a[2], (int) a[3], true);
            }
            case WAKE_OP -> wakeOperation(p, a);
            default -> throw new Errno(Errno.ENOSYS);
        };
    }

    private static int bits(int wanted) {
        if (wanted == 0) {
            throw new Errno(Errno.EINVAL);
        }
        return wanted;
    }

    /** @param time of WAIT from now on, of WAIT_BITSET the moment itself; {@link Long#MAX_VALUE}: none */
    private static long await(LinuxProcess p, long[] a, long time) {
        int operation = (int) a[1] & 0x7f;
        int bits = operation == WAIT ? -1 : bits((int) a[5]);
        if (p.memory().u32(a[0]) != (int) a[2]) {
            throw new Errno(Errno.EAGAIN);
        }
        long until = Long.MAX_VALUE;
        if (time != Long.MAX_VALUE) {
            long start = (a[1] & CLOCK_REALTIME) != 0 ? LinuxProcess.EPOCH_SECONDS * 1_000_000_000L : 0;
            until = operation == WAIT ? p.now() + time : time - start;
        }
        throw new Wait.Needed(new FutexWait(a[0], bits, until));
    }

    /** Wakes threads that wait on a futex with one of these bits. @return how many, at most count */
    static long wake(LinuxProcess p, long futex, int bits, int count) {
        p.memory().u32(futex); // EFAULT
        long woken = 0;
        for (FutexWait wait : waits(p)) {
            if (woken < count && wait.isFor(futex, bits)) {
                wait.wake();
                woken++;
            }
        }
        if (woken > 0) {
            p.scheduler().stir();
        }
        return woken;
    }

    private static List<FutexWait> waits(LinuxProcess p) {
        return p.scheduler().waits().stream()
                .filter(FutexWait.class::isInstance)
                .map(FutexWait.class::cast)
                .toList();
    }

    private static long requeue(LinuxProcess p, long from, long to, int wakes, int moves, boolean countMoved) {
        if (wakes < 0 || moves < 0) {
            throw new Errno(Errno.EINVAL);
        }
        p.memory().u32(to); // EFAULT
        long woken = wake(p, from, -1, wakes);
        long moved = 0;
        for (FutexWait wait : waits(p)) {
            if (moved < moves && wait.isFor(from, -1)) {
                wait.requeue(to);
                moved++;
            }
        }
        return countMoved ? woken + moved : woken;
    }

    /** Changes a second futex, wakes waiters of the first, and of the second if its old value compares. */
    private static long wakeOperation(LinuxProcess p, long[] a) {
        int code = (int) a[5];
        int operand = code << 8 >> 20;
        int compared = code << 20 >> 20;
        operand = (code >>> 31) != 0 ? 1 << operand : operand;
        int old = p.memory().u32(a[4]);
        p.memory()
                .putU32(
                        a[4],
                        switch (code >>> 28 & 7) {
                            case 0 -> operand;
                            case 1 -> old + operand;
                            case 2 -> old | operand;
                            case 3 -> old & ~operand;
                            case 4 -> old ^ operand;
                            default -> throw new Errno(Errno.ENOSYS);
                        });
        boolean holds = switch (code >>> 24 & 15) {
            case 0 -> old == compared;
            case 1 -> old != compared;
            case 2 -> old < compared;
            case 3 -> old <= compared;
            case 4 -> old > compared;
            case 5 -> old >= compared;
            default -> throw new Errno(Errno.ENOSYS);
        };
        return wake(p, a[0], -1, (int) a[2]) + (holds ? wake(p, a[4], -1, (int) a[3]) : 0);
    }
}
