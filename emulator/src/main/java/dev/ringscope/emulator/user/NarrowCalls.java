package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;
import java.util.Map;

/** System calls of i386, by INT 0x80: those of x86-64 under other numbers, and the few whose structures differ. */
final class NarrowCalls {
    private NarrowCalls() {}

    static void enter(Map<Integer, SystemCall> t) {
        t.put(1, IdentityCalls::exit);
        t.put(252, IdentityCalls::exit);
        t.put(3, (p, a) -> FileCalls.read(p, (int) a[0], a[1], a[2]));
        t.put(4, (p, a) -> FileCalls.write(p, (int) a[0], a[1], a[2]));
        t.put(5, (p, a) -> FileCalls.open(p, p.memory().string(a[0]), a[1]));
        t.put(6, (p, a) -> {
            p.files().close((int) a[0]);
            return 0;
        });
        t.put(13, (p, a) -> {
            long seconds = TimeCalls.clock(p, 0) / 1_000_000_000L;
            if (a[0] != 0) {
                p.memory().putU32(a[0], (int) seconds);
            }
            return seconds;
        });
        t.put(19, (p, a) -> FileCalls.lseek(p, (int) a[0], (int) a[1], (int) a[2]));
        for (int number : new int[] {20, 224, 64}) {
            t.put(number, (p, a) -> number == 64 ? 1 : IdentityCalls.PID);
        }
        for (int number : new int[] {24, 47, 49, 50, 199, 200, 201, 202, 311}) {
            t.put(number, (p, a) -> 0);
        }
        t.put(37, (p, a) -> SignalCalls.kill(p, (int) a[0], (int) a[1]));
        t.put(270, (p, a) -> SignalCalls.kill(p, (int) a[1], (int) a[2]));
        t.put(45, (p, a) -> MemoryCalls.brk(p, a[0]));
        t.put(54, (p, a) -> FileCalls.ioctl(p, (int) a[0], (int) a[1]));
        t.put(91, (p, a) -> SystemCalls.find(11, true).call(p, a));
        t.put(125, (p, a) -> SystemCalls.find(10, true).call(p, a));
        t.put(122, (p, a) -> IdentityCalls.uname(p, a[0]));
        t.put(146, NarrowCalls::writev);
        t.put(192, (p, a) -> MemoryCalls.mmap(p, a[0], a[1], (int) a[2], (int) a[3], (int) a[4], a[5] << 12));
        t.put(243, NarrowCalls::setThreadArea);
        t.put(258, (p, a) -> IdentityCalls.PID);
        t.put(265, (p, a) -> {
            long now = TimeCalls.clock(p, (int) a[0]);
            ByteBuffer b = UserMemory.zeros(8);
            p.memory().write(a[1], b.putInt(0, (int) (now / 1_000_000_000L)).putInt(4, (int) (now % 1_000_000_000L)));
            return 0;
        });
        t.put(355, (p, a) -> SystemCalls.find(318, true).call(p, a));
    }

    private static long writev(LinuxProcess p, long[] a) {
        long total = 0;
        for (int n = 0; n < Math.min(a[2], 1024); n++) {
            long base = p.memory().u32(a[1] + 8L * n) & 0xffff_ffffL;
            long length = p.memory().u32(a[1] + 8L * n + 4) & 0xffff_ffffL;
            total += FileCalls.write(p, (int) a[0], base, length);
        }
        return total;
    }

    /** A TLS segment: {@code struct user_desc} becomes the descriptor in the first of the kernel's three free GDT slots. */
    private static long setThreadArea(LinuxProcess p, long[] a) {
        int entry = p.memory().u32(a[0]);
        long base = p.memory().u32(a[0] + 4) & 0xffff_ffffL;
        long limit = p.memory().u32(a[0] + 8) & 0xffff_ffffL;
        if (entry == -1) {
            entry = 12;
            p.memory().putU32(a[0], entry);
        }
        if (entry < 12 || entry > 14) {
            throw new Errno(Errno.EINVAL);
        }
        long pages = (p.memory().u32(a[0] + 12) & 0x10) != 0 ? 1 : 0;
        long descriptor = limit & 0xffff
                | (base & 0xff_ffff) << 16
                | 0xf3L << 40 // present, DPL 3, data, writable, accessed
                | (limit >> 16 & 0xf) << 48
                | (4 | pages << 3) << 52
                | (base >> 24 & 0xff) << 56;
        p.setThreadDescriptor(entry, descriptor);
        return 0;
    }
}
