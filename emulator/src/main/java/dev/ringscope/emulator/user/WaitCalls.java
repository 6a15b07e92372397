package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Waiting for descriptors, signals and children. What comes from outside is always there: reading standard input waits
 * as long as the host takes, and no virtual time passes. Children there are none.
 */
final class WaitCalls {
    private static final int POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32;

    private WaitCalls() {}

    static void enter(SystemCalls t) {
        t.add(
                7,
                "poll",
                (p, a) -> orWait(
                        p,
                        (int) a[2] < 0 ? Long.MAX_VALUE : p.now() + (int) a[2] * 1_000_000L,
                        () -> poll(p, a[0], a[1])));
        t.add(271, "ppoll", (p, a) -> {
            mask(p, a[3]);
            long end = a[2] == 0 ? Long.MAX_VALUE : p.now() + TimeCalls.duration(p, a[2]);
            return orWait(p, end, () -> poll(p, a[0], a[1]));
        });
        t.add(23, "select", (p, a) -> {
            long end = a[4] == 0 ? Long.MAX_VALUE : p.now() + TimeCalls.microseconds(p, a[4]);
            return select(p, a, end);
        });
        t.add(270, "pselect6", (p, a) -> {
            mask(p, a[5] == 0 ? 0 : p.memory().u64(a[5]));
            long end = a[4] == 0 ? Long.MAX_VALUE : p.now() + TimeCalls.duration(p, a[4]);
            return select(p, a, end);
        });
        t.add(34, "pause", (p, a) -> waitForSignal(p));
        t.add(130, "rt_sigsuspend", (p, a) -> {
            p.signals().suspendWith(p.memory().u64(a[0]));
            return waitForSignal(p);
        });
        t.add(61, "wait4", WaitCalls::noChild);
        t.add(247, "waitid", WaitCalls::noChild);
        // fork, vfork, execve, execveat: one process and one program is all there is
        for (int number : new int[] {57, 58, 59, 322}) {
            t.add(number, "new process " + number, (p, a) -> {
                throw new Errno(Errno.ENOSYS);
            });
        }
    }

    private static long noChild(LinuxProcess p, long[] a) {
        throw new Errno(Errno.ECHILD);
    }

    private static void mask(LinuxProcess p, long address) {
        if (address != 0) {
            p.signals().suspendWith(p.memory().u64(address));
        }
    }

    static long waitForSignal(LinuxProcess p) {
        throw new Wait.Needed(new Wait.Sleep(Long.MAX_VALUE, rest -> {}));
    }

    private static int ready(LinuxProcess p, int descriptor) {
        if (!p.files().isOpen(descriptor)) {
            return POLLNVAL;
        }
        Description d = p.files().get(descriptor);
        return switch (d.kind) {
            case INPUT -> POLLIN;
            case OUTPUT, ERROR -> POLLOUT;
            case FILE, DIRECTORY, NULL, ZERO -> POLLIN | POLLOUT;
            case PIPE_IN -> (d.pipe.count() > 0 ? POLLIN : 0) | (p.files().hasEnd(d.pipe, Kind.PIPE_OUT) ? 0 : POLLHUP);
            case PIPE_OUT -> (d.pipe.room() > 0 ? POLLOUT : 0) | (p.files().hasEnd(d.pipe, Kind.PIPE_IN) ? 0 : POLLERR);
        };
    }

    /** Makes the attempt, and again when something may have changed, as long as it finds nothing. */
    private static long orWait(LinuxProcess p, long until, LongSupplier attempt) {
        long found = attempt.getAsLong();
        if (found == 0 && until > p.now()) {
            throw new Wait.Needed(new Wait.Retry(
                    until,
                    () -> {
                        long foundNow = attempt.getAsLong();
                        return foundNow == 0 ? OptionalLong.empty() : OptionalLong.of(foundNow);
                    },
                    0,
                    false));
        }
        return found;
    }

    private static long poll(LinuxProcess p, long list, long entries) {
        if (entries < 0 || entries > OpenFiles.MOST) {
            throw new Errno(Errno.EINVAL);
        }
        long found = 0;
        for (int n = 0; n < entries; n++) {
            long at = list + 8L * n;
            int descriptor = p.memory().u32(at);
            int events = p.memory().u32(at + 4) & 0xffff;
            int ready = descriptor < 0 ? 0 : ready(p, descriptor) & (events | POLLERR | POLLHUP | POLLNVAL);
            p.memory().putU32(at + 4, events | ready << 16);
            found += ready == 0 ? 0 : 1;
        }
        return found;
    }

    /** The sets are replaced when something is found or the time is over, not before. */
    private static long select(LinuxProcess p, long[] a, long until) {
        long[] sets = {a[1], a[2], a[3]};
        long found = select(p, (int) a[0], sets, false);
        if (found == 0 && until > p.now()) {
            return orWait(p, until, () -> select(p, (int) a[0], sets, p.now() >= until));
        }
        return select(p, (int) a[0], sets, true);
    }

    /** @param sets addresses of the sets for reading, writing and exceptions, or 0 */
    private static long select(LinuxProcess p, int count, long[] sets, boolean last) {
        if (count < 0) {
            throw new Errno(Errno.EINVAL);
        }
        int most = Math.min(count, OpenFiles.MOST);
        byte[][] result = new byte[3][(most + 63) / 64 * 8];
        long found = 0;
        for (int set = 0; set < 3; set++) {
            byte[] wanted = sets[set] == 0 ? result[set] : p.space().read(sets[set], result[set].length);
            for (int n = 0; n < most; n++) {
                if ((wanted[n / 8] >> n % 8 & 1) == 0) {
                    continue;
                }
                int ready = ready(p, n);
                if ((ready & POLLNVAL) != 0) {
                    throw new Errno(Errno.EBADF);
                }
                if ((ready & (set == 0 ? POLLIN | POLLHUP : set == 1 ? POLLOUT | POLLERR : 0)) != 0) {
                    result[set][n / 8] |= (byte) (1 << n % 8);
                    found++;
                }
            }
        }
        for (int set = 0; set < 3; set++) {
            if (sets[set] != 0 && (found > 0 || last)) {
                p.space().write(sets[set], result[set]);
            }
        }
        return found;
    }
}
