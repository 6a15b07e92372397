package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Who the process is and what it may: one process with number 1000, of root, alone in its world. */
final class IdentityCalls {
    static final int PID = 1000;
    private static final int ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004;

    private IdentityCalls() {}

    static void enter(Map<Integer, SystemCall> t) {
        t.put(39, (p, a) -> PID);
        t.put(186, (p, a) -> PID);
        t.put(110, (p, a) -> 1);
        t.put(111, (p, a) -> PID);
        t.put(121, (p, a) -> PID);
        t.put(124, (p, a) -> PID);
        for (int number : new int[] {102, 104, 107, 108}) {
            t.put(number, (p, a) -> 0);
        }
        // setpgid, setuid, setgid, setsid, sched_yield, umask, set_robust_list, getgroups: nothing to do
        for (int number : new int[] {109, 105, 106, 112, 24, 273, 115, 157, 125}) {
            t.put(number, (p, a) -> 0);
        }
        t.put(95, (p, a) -> 022);
        t.put(60, IdentityCalls::exit);
        t.put(231, IdentityCalls::exit);
        t.put(63, (p, a) -> uname(p, a[0]));
        t.put(158, IdentityCalls::archPrctl);
        t.put(218, (p, a) -> PID);
        t.put(202, (p, a) -> 0); // futex: nobody else could wait or be woken
        t.put(97, (p, a) -> limit(p, (int) a[0], a[1]));
        t.put(302, (p, a) -> a[3] == 0 ? 0 : limit(p, (int) a[1], a[3]));
        t.put(318, (p, a) -> {
            byte[] random = p.random((int) Math.max(0, Math.min(a[1], 1 << 20)));
            p.space().write(a[0], random);
            return random.length;
        });
        t.put(204, (p, a) -> {
            p.memory().putU64(a[2], 1);
            return 8;
        });
        t.put(99, IdentityCalls::sysinfo);
        t.put(61, (p, a) -> {
            throw new Errno(Errno.ECHILD);
        });
        t.put(309, (p, a) -> {
            if (a[0] != 0) {
                p.memory().putU32(a[0], 0);
            }
            return 0;
        });
        // clone, fork, vfork, clone3: one process is all there is
        for (int number : new int[] {56, 57, 58, 435}) {
            t.put(number, (p, a) -> {
                throw new Errno(Errno.EAGAIN);
            });
        }
    }

    static long exit(LinuxProcess p, long[] a) {
        p.answer().add(new Answer.Exit((int) a[0] & 0xff, 0));
        return 0;
    }

    static long uname(LinuxProcess p, long address) {
        String[] fields = {"Linux", "ringscope", "6.1.0", "#1 Ringscope built-in guest kernel", "x86_64", "(none)"};
        ByteBuffer b = UserMemory.zeros(6 * 65);
        for (int n = 0; n < fields.length; n++) {
            b.put(65 * n, fields[n].getBytes(StandardCharsets.US_ASCII));
        }
        p.memory().write(address, b);
        return 0;
    }

    private static long archPrctl(LinuxProcess p, long[] a) {
        switch ((int) a[0]) {
            case ARCH_SET_FS -> p.setBase(0xc000_0100, a[1]);
            case ARCH_SET_GS -> p.setBase(0xc000_0101, a[1]);
            case ARCH_GET_FS -> p.memory().putU64(a[1], p.base(4));
            case ARCH_GET_GS -> p.memory().putU64(a[1], p.base(5));
            default -> throw new Errno(Errno.EINVAL);
        }
        return 0;
    }

    /** Every limit is infinite but that of the stack and of open files. */
    private static long limit(LinuxProcess p, int resource, long address) {
        long value = resource == 3 ? LinuxProcess.STACK_SIZE : resource == 7 ? 1024 : -1;
        p.memory().write(address, UserMemory.zeros(16).putLong(0, value).putLong(8, value));
        return 0;
    }

    private static long sysinfo(LinuxProcess p, long[] a) {
        ByteBuffer b = UserMemory.zeros(112);
        b.putLong(0, p.now() / 1_000_000_000L).putLong(32, p.ramSize()).putLong(40, p.ramSize() / 2);
        b.putShort(80, (short) 1).putInt(104, 1);
        p.memory().write(a[0], b);
        return 0;
    }

}
