package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Description;
import dev.ringscope.emulator.user.OpenFiles.Kind;

/**
 * Waiting for descriptors, children and other threads. What comes from outside is always there: reading standard input
 * waits as long as the host takes, and no virtual time passes. Children and other threads there are none.
 */
final class WaitCalls {
    private static final int POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32;
    private static final int FUTEX_WAIT = 0, FUTEX_WAIT_BITSET = 9, FUTEX_CLOCK_REALTIME = 256;

    private WaitCalls() {}

    static void enter(SystemCalls t) {
        t.add(
                7,
                "poll",
                (p, a) -> poll(p, a[0], a[1], (int) a[2] < 0 ? Long.MAX_VALUE : p.now() + (int) a[2] * 1_000_000L));
        t.add(271, "ppoll", (p, a) -> {
            mask(p, a[3]);
            return poll(p, a[0], a[1], a[2] == 0 ? Long.MAX_VALUE : p.now() + TimeCalls.duration(p, a[2]));
        });
        t.add(23, "select", (p, a) -> {
            long end = a[4] == 0 ? Long.MAX_VALUE : p.now() + TimeCalls.microseconds(p, a[4]);
            return select(p, (int) a[0], new long[] {a[1], a[2], a[3]}, end);
        });
        t.add(270, "pselect6", (p, a) -> {
            mask(p, a[5] == 0 ? 0 : p.memory().u64(a[5]));
            long end = a[4] == 0 ? Long.MAX_VALUE : p.now() + TimeCalls.duration(p, a[4]);
            return select(p, (int) a[0], new long[] {a[1], a[2], a[3]}, end);
        });
        t.add(34, "pause", (p, a) -> waitForSignal(p));
        t.add(130, "rt_sigsuspend", (p, a) -> {
            p.signals().suspendWith(p.memory().u64(a[0]));
            return waitForSignal(p);
        });
        t.add(61, "wait4", WaitCalls::noChild);
        t.add(247, "waitid", WaitCalls::noChild);
        t.add(202, "futex", WaitCalls::futex);
        // clone, fork, vfork, execve, execveat, clone3: one process and one program is all there is
        for (int number : new int[] {56, 57, 58, 59, 322, 435}) {
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
        p.sleep(Long.MAX_VALUE);
        return 0;
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

    private static long poll(LinuxProcess p, long list, long entries, long until) {
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
        if (found == 0 && until > p.now()) {
            p.sleep(until);
        }
        return found;
    }

    /** @param sets addresses of the sets for reading, writing and exceptions, or 0 */
    private static long select(LinuxProcess p, int count, long[] sets, long until) {
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
        if (found == 0 && until > p.now()) {
            p.sleep(until);
        }
        for (int set = 0; set < 3; set++) {
            if (sets[set] != 0) {
                p.space().write(sets[set], result[set]);
            }
        }
        return found;
    }

    /** Nobody else could wake the program: it waits until its time is over, or for ever. */
    private static long futex(LinuxProcess p, long[] a) {
        int operation = (int) a[1] & 0x7f;
        if (operation != FUTEX_WAIT && operation != FUTEX_WAIT_BITSET) {
            return 0;
        }
        if (p.memory().u32(a[0]) != (int) a[2]) {
            throw new Errno(Errno.EAGAIN);
        }
        long until = Long.MAX_VALUE;
        if (a[3] != 0) {
            long time = TimeCalls.duration(p, a[3]);
            long start = (a[1] & FUTEX_CLOCK_REALTIME) != 0 ? LinuxProcess.EPOCH_SECONDS * 1_000_000_000L : 0;
            until = operation == FUTEX_WAIT ? p.now() + time : time - start;
        }
        p.sleep(until);
        throw new Errno(Errno.ETIMEDOUT);
    }
}
