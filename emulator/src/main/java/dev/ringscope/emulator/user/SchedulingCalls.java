package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;

/** One processor that nobody else wants: priorities, affinity, limits. */
final class SchedulingCalls {
    private static final int STACK = 3, FILES = 7, RESOURCES = 16;

    private SchedulingCalls() {}

    static void enter(SystemCalls t) {
        t.add(140, "getpriority", (p, a) -> 20); // nice value 0, as the call itself counts
        t.add(141, "setpriority", (p, a) -> 0);
        t.add(142, "sched_setparam", (p, a) -> 0);
        t.add(143, "sched_getparam", (p, a) -> {
            p.memory().putU32(a[1], 0);
            return 0;
        });
        t.add(144, "sched_setscheduler", (p, a) -> 0);
        t.add(145, "sched_getscheduler", (p, a) -> 0);
        t.add(146, "sched_get_priority_max", (p, a) -> a[0] == 1 || a[0] == 2 ? 99 : 0);
        t.add(147, "sched_get_priority_min", (p, a) -> a[0] == 1 || a[0] == 2 ? 1 : 0);
        t.add(203, "sched_setaffinity", (p, a) -> 0);
        t.add(204, "sched_getaffinity", (p, a) -> {
            if (a[1] < 8 || (a[1] & 7) != 0) {
                throw new Errno(Errno.EINVAL);
            }
            p.memory().putU64(a[2], 1);
            return 8;
        });
        t.add(309, "getcpu", (p, a) -> {
            for (int n = 0; n < 2; n++) {
                if (a[n] != 0) {
                    p.memory().putU32(a[n], 0);
                }
            }
            return 0;
        });
        t.add(324, "membarrier", (p, a) -> {
            if (a[0] != 0) {
                throw new Errno(Errno.EINVAL);
            }
            return 0; // the query: no command is there
        });
        t.add(97, "getrlimit", (p, a) -> limit(p, (int) a[0], a[1], 8));
        t.add(160, "setrlimit", (p, a) -> 0);
        t.add(302, "prlimit64", (p, a) -> a[3] == 0 ? 0 : limit(p, (int) a[1], a[3], 8));
    }

    /** Every limit is infinite but those of the stack and of open files. @param word bytes of a limit */
    static long limit(LinuxProcess p, int resource, long address, int word) {
        if (resource < 0 || resource >= RESOURCES) {
            throw new Errno(Errno.EINVAL);
        }
        long value = resource == STACK ? Start.STACK_SIZE : resource == FILES ? OpenFiles.MOST : -1;
        ByteBuffer b = UserMemory.zeros(2 * word);
        UserMemory.putWord(b, 0, value, word);
        UserMemory.putWord(b, word, value, word);
        p.memory().write(address, b);
        return 0;
    }
}
