package dev.ringscope.emulator.user;

/** System calls of i386, by INT 0x80: those of x86-64 under other numbers, and those whose structures differ. */
final class NarrowCalls {
    private static final long SECOND = 1_000_000_000L;

    private NarrowCalls() {}

    static void enter(SystemCalls t, SystemCalls wide) {
        same(t, wide, 1, "exit", 3, "read", 4, "write", 5, "open", 6, "close", 12, "chdir", 20, "getpid", 27, "alarm");
        same(
                t, wide, 29, "pause", 33, "access", 41, "dup", 42, "pipe", 45, "brk", 57, "setpgid", 60, "umask", 63,
                "dup2");
        same(
                t,
                wide,
                64,
                "getppid",
                65,
                "getpgrp",
                66,
                "setsid",
                85,
                "readlink",
                91,
                "munmap",
                96,
                "getpriority",
                97,
                "setpriority");
        same(t, wide, 118, "fsync", 122, "uname", 125, "mprotect", 132, "getpgid", 133, "fchdir", 136, "personality");
        same(
                t,
                wide,
                143,
                "flock",
                144,
                "msync",
                147,
                "getsid",
                150,
                "mlock",
                151,
                "munlock",
                152,
                "mlockall",
                153,
                "munlockall");
        same(t, wide, 148, "fdatasync", 157, "sched_getscheduler", 158, "sched_yield", 159, "sched_get_priority_max");
        same(t, wide, 160, "sched_get_priority_min", 163, "mremap", 168, "poll", 172, "prctl", 175, "rt_sigprocmask");
        same(
                t,
                wide,
                176,
                "rt_sigpending",
                179,
                "rt_sigsuspend",
                183,
                "getcwd",
                199,
                "getuid",
                200,
                "getgid",
                201,
                "geteuid");
        same(t, wide, 202, "getegid", 218, "mincore", 219, "madvise", 220, "getdents64", 224, "gettid");
        same(
                t,
                wide,
                238,
                "tkill",
                252,
                "exit_group",
                258,
                "set_tid_address",
                270,
                "tgkill",
                295,
                "openat",
                305,
                "readlinkat");
        same(
                t,
                wide,
                307,
                "faccessat",
                311,
                "set_robust_list",
                318,
                "getcpu",
                330,
                "dup3",
                331,
                "pipe2",
                340,
                "prlimit64");
        same(t, wide, 355, "getrandom", 375, "membarrier", 383, "statx", 403, "clock_gettime", 406, "clock_getres");
        same(t, wide, 407, "clock_nanosleep", 435, "clone3", 436, "close_range", 439, "faccessat2", 37, "kill");
        t.add(13, "time", (p, a) -> {
            long seconds = TimeCalls.clock(p, 0) / SECOND;
            if (a[0] != 0) {
                p.memory().putU32(a[0], (int) seconds);
            }
            return seconds;
        });
        t.add(19, "lseek", (p, a) -> FileCalls.lseek(p, (int) a[0], (int) a[1], (int) a[2]));
        t.add(140, "_llseek", (p, a) -> {
            p.memory().putU64(a[3], FileCalls.lseek(p, (int) a[0], a[1] << 32 | a[2], (int) a[4]));
            return 0;
        });
        t.add(54, "ioctl", (p, a) -> FileCalls.ioctl(p, (int) a[0], (int) a[1], a[2]));
        t.add(55, "fcntl", (p, a) -> FileCalls.fcntl(p, (int) a[0], (int) a[1], a[2]));
        t.add(221, "fcntl64", t.named("fcntl"));
        t.add(145, "readv", (p, a) -> FileCalls.vector(p, (int) a[0], a[1], (int) a[2], 4, false));
        t.add(146, "writev", (p, a) -> FileCalls.vector(p, (int) a[0], a[1], (int) a[2], 4, true));
        t.add(
                180,
                "pread64",
                (p, a) -> FileCalls.put(
                        p,
                        a[1],
                        p.files().readAt(p.files().get((int) a[0]), FileCalls.count(a[2]), a[3] | a[4] << 32)));
        t.add(192, "mmap2", (p, a) -> MemoryCalls.mmap(p, a[0], a[1], (int) a[2], (int) a[3], (int) a[4], a[5] << 12));
        t.add(195, "stat64", (p, a) -> put(p, PathCalls.status(p, p.memory().string(a[0]), 0), a[1]));
        t.add(196, "lstat64", (p, a) -> put(p, PathCalls.status(p, p.memory().string(a[0]), 0x100), a[1]));
        t.add(197, "fstat64", (p, a) -> put(p, FileStatus.of(p.files().get((int) a[0])), a[1]));
        t.add(300, "fstatat64", (p, a) -> put(p, PathCalls.statusAt(p, (int) a[0], a[1], a[3]), a[2]));
        t.add(191, "ugetrlimit", (p, a) -> SchedulingCalls.limit(p, (int) a[0], a[1], 4));
        t.add(119, "sigreturn", (p, a) -> oldSigreturn(p));
        t.add(173, "rt_sigreturn", (p, a) -> SignalCalls.sigreturn(p));
        t.add(174, "rt_sigaction", (p, a) -> SignalCalls.sigaction(p, a, 4));
        t.add(186, "sigaltstack", (p, a) -> SignalCalls.sigaltstack(p, a[0], a[1], 4));
        t.add(243, "set_thread_area", NarrowCalls::setThreadArea);
        t.add(78, "gettimeofday", (p, a) -> {
            long now = TimeCalls.clock(p, 0);
            return putPair(p, a[0], now / SECOND, now % SECOND / 1000);
        });
        t.add(162, "nanosleep", (p, a) -> {
            long time = TimeCalls.nanoseconds(p.memory().u32(a[0]), p.memory().u32(a[0] + 4), 1);
            throw new Wait.Needed(new Wait.Sleep(p.now() + time, rest -> {
                if (a[1] != 0) {
                    putPair(p, a[1], rest / SECOND, rest % SECOND);
                }
            }));
        });
        t.add(120, "clone", (p, a) -> ThreadCalls.clone(p, new ThreadCalls.Wanted(a[0], a[1], a[2], a[4], a[3])));
        t.add(240, "futex", (p, a) -> FutexCalls.futex(p, a, 4));
        t.add(422, "futex_time64", (p, a) -> FutexCalls.futex(p, a, 8));
        t.add(265, "clock_gettime32", (p, a) -> {
            long now = TimeCalls.clock(p, (int) a[0]);
            return putPair(p, a[1], now / SECOND, now % SECOND);
        });
    }

    /** @param numbersAndNames calls whose arguments have the same form in both instruction sets */
    private static void same(SystemCalls t, SystemCalls wide, Object... numbersAndNames) {
        for (int n = 0; n < numbersAndNames.length; n += 2) {
            String name = (String) numbersAndNames[n + 1];
            t.add((Integer) numbersAndNames[n], name, wide.named(name));
        }
    }

    private static long putPair(LinuxProcess p, long address, long first, long second) {
        p.memory().write(address, UserMemory.zeros(8).putInt(0, (int) first).putInt(4, (int) second));
        return 0;
    }

    private static long put(LinuxProcess p, FileStatus status, long address) {
        status.putNarrow(p.memory(), address);
        return 0;
    }

    private static long oldSigreturn(LinuxProcess p) {
        try {
            new NarrowSignalFrame(p).leaveOld();
        } catch (Errno e) {
            p.signals().fault(SignalNumber.SIGSEGV, Signals.SI_KERNEL, 0, "a bad signal frame");
        }
        return p.frame().get(Frame.RAX);
    }

    /**
     * A TLS segment: {@code struct user_desc} becomes the descriptor in the first of the kernel's three free GDT slots.
     */
    private static long setThreadArea(LinuxProcess p, long[] a) {
        ThreadArea area = ThreadArea.read(p, a[0]);
        int entry = area.entry();
        if (entry == -1) {
            entry = ThreadArea.FIRST;
            p.memory().putU32(a[0], entry);
        }
        p.mailbox().storeThreadDescriptor(entry, area.descriptor());
        return 0;
    }
}
