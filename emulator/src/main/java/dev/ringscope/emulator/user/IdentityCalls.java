package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Who the process is: number 1000, of root, alone in its world; its end; and the machine it finds itself on. */
final class IdentityCalls {
    static final int PID = 1000;
    static final int PARENT = 1;
    private static final int ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004;
    private static final int PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_GET_NAME = 16;

    private IdentityCalls() {}

    static void enter(SystemCalls t) {
        constant(t, 39, "getpid", PID);
        constant(t, 110, "getppid", PARENT);
        constant(t, 111, "getpgrp", PID);
        constant(t, 121, "getpgid", PID);
        constant(t, 124, "getsid", PID);
        constant(t, 112, "setsid", PID);
        constant(t, 109, "setpgid", 0);
        constant(t, 102, "getuid", 0);
        constant(t, 104, "getgid", 0);
        constant(t, 107, "geteuid", 0);
        constant(t, 108, "getegid", 0);
        constant(t, 105, "setuid", 0);
        constant(t, 106, "setgid", 0);
        constant(t, 113, "setreuid", 0);
        constant(t, 114, "setregid", 0);
        constant(t, 117, "setresuid", 0);
        constant(t, 119, "setresgid", 0);
        constant(t, 115, "getgroups", 0);
        constant(t, 116, "setgroups", 0);
        constant(t, 95, "umask", 022);
        constant(t, 135, "personality", 0);
        constant(t, 273, "set_robust_list", 0);
        t.add(118, "getresuid", IdentityCalls::putZeros);
        t.add(120, "getresgid", IdentityCalls::putZeros);
        t.add(231, "exit_group", IdentityCalls::exit);
        t.add(63, "uname", (p, a) -> uname(p, a[0]));
        t.add(158, "arch_prctl", IdentityCalls::archPrctl);
        t.add(157, "prctl", IdentityCalls::prctl);
        t.add(318, "getrandom", IdentityCalls::getrandom);
        t.add(99, "sysinfo", IdentityCalls::sysinfo);
        fails(t, 334, "rseq", Errno.ENOSYS);
        fails(t, 41, "socket", Errno.EAFNOSUPPORT);
        fails(t, 51, "getsockname", Errno.ENOTSOCK);
        fails(t, 52, "getpeername", Errno.ENOTSOCK);
    }

    private static void constant(SystemCalls t, int number, String name, long result) {
        t.add(number, name, (p, a) -> result);
    }

    private static void fails(SystemCalls t, int number, String name, int error) {
        t.add(number, name, (p, a) -> {
            throw new Errno(error);
        });
    }

    private static long putZeros(LinuxProcess p, long[] a) {
        for (int n = 0; n < 3; n++) {
            p.memory().putU32(a[n], 0);
        }
        return 0;
    }

    static long exit(LinuxProcess p, long[] a) {
        p.end(p.exit((int) a[0] & 0xff, 0, ""));
        return 0;
    }

    static long uname(LinuxProcess p, long address) {
        String machine = p.wide() ? "x86_64" : "i686";
        String[] fields = {"Linux", "ringscope", "6.1.0", "#1 Ringscope built-in guest kernel", machine, "(none)"};
        ByteBuffer b = UserMemory.zeros(6 * 65);
        for (int n = 0; n < fields.length; n++) {
            b.put(65 * n, fields[n].getBytes(StandardCharsets.US_ASCII));
        }
        p.memory().write(address, b);
        return 0;
    }

    private static long archPrctl(LinuxProcess p, long[] a) {
        switch ((int) a[0]) {
            case ARCH_SET_FS -> p.setBase(4, a[1]);
            case ARCH_SET_GS -> p.setBase(5, a[1]);
            case ARCH_GET_FS -> p.memory().putU64(a[1], p.base(4));
            case ARCH_GET_GS -> p.memory().putU64(a[1], p.base(5));
            default -> throw new Errno(Errno.EINVAL);
        }
        return 0;
    }

    private static long prctl(LinuxProcess p, long[] a) {
        return switch ((int) a[0]) {
            case PR_GET_DUMPABLE -> 1;
            case PR_SET_DUMPABLE -> 0;
            case PR_SET_NAME -> {
                byte[] name = p.memory().string(a[1]).getBytes(StandardCharsets.UTF_8);
                p.setName(name);
                yield 0;
            }
            case PR_GET_NAME -> {
                p.space().write(a[1], p.name());
                yield 0;
            }
            default -> throw new Errno(Errno.EINVAL);
        };
    }

    private static long getrandom(LinuxProcess p, long[] a) {
        if ((a[2] & ~7) != 0) {
            throw new Errno(Errno.EINVAL);
        }
        byte[] random = p.random().next(FileCalls.count(a[1]));
        p.space().write(a[0], random);
        return random.length;
    }

    private static long sysinfo(LinuxProcess p, long[] a) {
        ByteBuffer b = UserMemory.zeros(112);
        b.putLong(0, p.now() / 1_000_000_000L).putLong(32, p.ramSize()).putLong(40, p.ramSize() / 2);
        b.putShort(80, (short) 1).putInt(104, 1);
        p.memory().write(a[0], b);
        return 0;
    }
}
