package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;
import java.util.Map;

/** Clocks and sleep: virtual time from a fixed date, so that every run sees the same. */
final class TimeCalls {
    private static final long SECOND = 1_000_000_000L;

    private TimeCalls() {}

    static void enter(Map<Integer, SystemCall> t) {
        t.put(35, (p, a) -> sleep(p, a[0], false));
        t.put(230, (p, a) -> sleep(p, a[2], (a[1] & 1) != 0));
        t.put(96, TimeCalls::gettimeofday);
        t.put(201, TimeCalls::time);
        t.put(228, (p, a) -> {
            putTimespec(p, a[1], clock(p, (int) a[0]));
            return 0;
        });
        t.put(229, (p, a) -> {
            if (a[1] != 0) {
                putTimespec(p, a[1], 1);
            }
            return 0;
        });
        t.put(100, (p, a) -> {
            p.memory().write(a[0], UserMemory.zeros(32).putLong(0, p.now() / 10_000_000));
            return p.now() / 10_000_000;
        });
        t.put(98, (p, a) -> {
            p.memory().write(a[1], UserMemory.zeros(144).putLong(0, p.now() / SECOND).putLong(8, p.now() % SECOND / 1000));
            return 0;
        });
    }

    /** CLOCK_REALTIME (0) and its coarse form count from the fixed date, all others from power-on. */
    static long clock(LinuxProcess p, int clock) {
        return switch (clock) {
            case 0, 5, 8, 11 -> LinuxProcess.EPOCH_SECONDS * SECOND + p.now();
            case 1, 2, 3, 4, 6, 7, 9 -> p.now();
            default -> throw new Errno(Errno.EINVAL);
        };
    }

    private static void putTimespec(LinuxProcess p, long address, long nanoseconds) {
        p.memory()
                .write(
                        address,
                        UserMemory.zeros(16).putLong(0, nanoseconds / SECOND).putLong(8, nanoseconds % SECOND));
    }

    private static long gettimeofday(LinuxProcess p, long[] a) {
        if (a[0] != 0) {
            long now = clock(p, 0);
            ByteBuffer b = UserMemory.zeros(16);
            p.memory().write(a[0], b.putLong(0, now / SECOND).putLong(8, now % SECOND / 1000));
        }
        return 0;
    }

    private static long time(LinuxProcess p, long[] a) {
        long seconds = clock(p, 0) / SECOND;
        if (a[0] != 0) {
            p.memory().putU64(a[0], seconds);
        }
        return seconds;
    }

    private static long sleep(LinuxProcess p, long request, boolean absolute) {
        long seconds = p.memory().u64(request);
        long rest = p.memory().u64(request + 8);
        if (seconds < 0 || rest < 0 || rest >= SECOND || seconds > Integer.MAX_VALUE) {
            throw new Errno(Errno.EINVAL);
        }
        long duration = seconds * SECOND + rest;
        p.answer().add(new Answer.Sleep(absolute ? duration : p.now() + duration));
        return 0;
    }
}
