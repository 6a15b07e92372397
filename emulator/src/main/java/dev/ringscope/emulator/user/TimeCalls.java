package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;

/** Clocks, sleep and timers: virtual time from a fixed date, so that every run sees the same. */
final class TimeCalls {
    private static final long SECOND = 1_000_000_000L;
    /** About 136 years: what is longer sleeps for ever. */
    private static final long LONGEST = 1L << 32;

    private TimeCalls() {}

    static void enter(SystemCalls t) {
        t.add(35, "nanosleep", (p, a) -> sleep(p, p.now() + duration(p, a[0]), a[1]));
        t.add(230, "clock_nanosleep", (p, a) -> {
            long time = duration(p, a[2]);
            long start = clock(p, (int) a[0]) - p.now();
            return (a[1] & 1) != 0 ? sleep(p, time - start, 0) : sleep(p, p.now() + time, a[3]);
        });
        t.add(96, "gettimeofday", TimeCalls::gettimeofday);
        t.add(201, "time", (p, a) -> {
            long seconds = clock(p, 0) / SECOND;
            if (a[0] != 0) {
                p.memory().putU64(a[0], seconds);
            }
            return seconds;
        });
        t.add(228, "clock_gettime", (p, a) -> putTimespec(p, a[1], clock(p, (int) a[0])));
        t.add(229, "clock_getres", (p, a) -> {
            clock(p, (int) a[0]);
            return a[1] == 0 ? 0 : putTimespec(p, a[1], 1);
        });
        t.add(100, "times", (p, a) -> {
            if (a[0] != 0) {
                p.memory().write(a[0], UserMemory.zeros(32).putLong(0, p.now() / 10_000_000));
            }
            return p.now() / 10_000_000;
        });
        t.add(98, "getrusage", (p, a) -> {
            ByteBuffer b = UserMemory.zeros(144);
            p.memory().write(a[1], b.putLong(0, p.now() / SECOND).putLong(8, p.now() % SECOND / 1000));
            return 0;
        });
        t.add(36, "getitimer", (p, a) -> getitimer(p, (int) a[0], a[1]));
        t.add(37, "alarm", (p, a) -> {
            long left = p.timers().left(IntervalTimers.REAL, p.now());
            p.timers().set(IntervalTimers.REAL, p.now(), (a[0] & 0xffff_ffffL) * SECOND, 0);
            return (left + SECOND / 2) / SECOND == 0 && left > 0 ? 1 : (left + SECOND / 2) / SECOND;
        });
        t.add(38, "setitimer", TimeCalls::setitimer);
    }

    /**
     * CLOCK_REALTIME (0), its coarse and its alarm form and TAI count from the fixed date, all others from power-on.
     */
    static long clock(LinuxProcess p, int clock) {
        return switch (clock) {
            case 0, 5, 8, 11 -> LinuxProcess.EPOCH_SECONDS * SECOND + p.now();
            case 1, 2, 3, 4, 6, 7, 9 -> p.now();
            default -> throw new Errno(Errno.EINVAL);
        };
    }

    /** A {@code struct timespec} in nanoseconds. @throws Errno EINVAL */
    static long duration(LinuxProcess p, long address) {
        return nanoseconds(p.memory().u64(address), p.memory().u64(address + 8), 1);
    }

    /** The same with numbers of 4 or 8 bytes. */
    static long duration(LinuxProcess p, long address, int word) {
        return word == 8
                ? duration(p, address)
                : nanoseconds(p.memory().u32(address), p.memory().u32(address + 4), 1);
    }

    /** A {@code struct timeval} in nanoseconds. @throws Errno EINVAL */
    static long microseconds(LinuxProcess p, long address) {
        return nanoseconds(p.memory().u64(address), p.memory().u64(address + 8), 1000);
    }

    static long nanoseconds(long seconds, long rest, int unit) {
        if (seconds < 0 || rest < 0 || rest >= SECOND / unit) {
            throw new Errno(Errno.EINVAL);
        }
        return Math.min(seconds, LONGEST) * SECOND + rest * unit;
    }

    static long putTimespec(LinuxProcess p, long address, long nanoseconds) {
        ByteBuffer b = UserMemory.zeros(16);
        p.memory().write(address, b.putLong(0, nanoseconds / SECOND).putLong(8, nanoseconds % SECOND));
        return 0;
    }

    private static long gettimeofday(LinuxProcess p, long[] a) {
        if (a[0] != 0) {
            long now = clock(p, 0);
            ByteBuffer b = UserMemory.zeros(16);
            p.memory().write(a[0], b.putLong(0, now / SECOND).putLong(8, now % SECOND / 1000));
        }
        if (a[1] != 0) {
            p.memory().putU64(a[1], 0);
        }
        return 0;
    }

    /** @param remaining where a {@code struct timespec} gets the rest if a signal comes, or 0 */
    private static long sleep(LinuxProcess p, long until, long remaining) {
        throw new Wait.Needed(new Wait.Sleep(until, rest -> {
            if (remaining != 0) {
                putTimespec(p, remaining, rest);
            }
        }));
    }

    private static long getitimer(LinuxProcess p, int timer, long address) {
        if (timer < 0 || timer >= IntervalTimers.COUNT) {
            throw new Errno(Errno.EINVAL);
        }
        long left = p.timers().left(timer, p.now());
        long interval = p.timers().interval(timer);
        ByteBuffer b = UserMemory.zeros(32).putLong(0, interval / SECOND).putLong(8, interval % SECOND / 1000);
        p.memory().write(address, b.putLong(16, left / SECOND).putLong(24, left % SECOND / 1000));
        return 0;
    }

    private static long setitimer(LinuxProcess p, long[] a) {
        int timer = (int) a[0];
        long first = a[1] == 0 ? 0 : microseconds(p, a[1] + 16);
        long interval = a[1] == 0 ? 0 : microseconds(p, a[1]);
        if (a[2] != 0) {
            getitimer(p, timer, a[2]);
        } else if (timer < 0 || timer >= IntervalTimers.COUNT) {
            throw new Errno(Errno.EINVAL);
        }
        p.timers().set(timer, p.now(), first, interval);
        return 0;
    }
}
