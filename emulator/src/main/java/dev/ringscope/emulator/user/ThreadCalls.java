package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;

/** clone(2) for threads, as pthread_create asks for it, and what a thread is told of itself. */
final class ThreadCalls {
    private static final long CLONE_VM = 0x100, CLONE_SIGHAND = 0x800, CLONE_THREAD = 0x1_0000;
    private static final long CLONE_SETTLS = 0x8_0000, CLONE_PARENT_SETTID = 0x10_0000;
    private static final long CLONE_CHILD_CLEARTID = 0x20_0000, CLONE_CHILD_SETTID = 0x100_0000;
    private static final int SMALLEST_CLONE_ARGS = 64;

    /**
     * What both forms of the call ask for.
     *
     * @param stack where the thread's RSP starts, 0: as the caller's
     * @param tls FS base; of i386 the address of a {@code struct user_desc}
     */
    record Wanted(long flags, long stack, long parentTid, long childTid, long tls) {
        boolean has(long flag) {
            return (flags & flag) != 0;
        }
    }

    private ThreadCalls() {}

    static void enter(SystemCalls t) {
        t.add(56, "clone", (p, a) -> clone(p, new Wanted(a[0], a[1], a[2], a[3], a[4])));
        t.add(435, "clone3", ThreadCalls::clone3);
        t.add(60, "exit", (p, a) -> {
            p.threads().end((int) a[0] & 0xff);
            return 0;
        });
        t.add(186, "gettid", (p, a) -> p.task().tid());
        t.add(218, "set_tid_address", (p, a) -> {
            p.task().clearAtEnd(a[0]);
            return p.task().tid();
        });
        t.add(24, "sched_yield", (p, a) -> {
            p.scheduler().yield();
            return 0;
        });
    }

    private static long clone3(LinuxProcess p, long[] a) {
        if (a[1] < SMALLEST_CLONE_ARGS || a[1] > 4096) {
            throw new Errno(Errno.EINVAL);
        }
        ByteBuffer b = p.memory().buffer(a[0], SMALLEST_CLONE_ARGS);
        long stack = b.getLong(40) == 0 ? 0 : b.getLong(40) + b.getLong(48);
        return clone(p, new Wanted(b.getLong(0), stack, b.getLong(24), b.getLong(16), b.getLong(56)));
    }

    /** @throws Errno ENOSYS for anything but a thread: there is one process */
    static long clone(LinuxProcess p, Wanted wanted) {
        if (!wanted.has(CLONE_THREAD)) {
            throw new Errno(Errno.ENOSYS);
        }
        if (!wanted.has(CLONE_SIGHAND) || !wanted.has(CLONE_VM)) {
            throw new Errno(Errno.EINVAL);
        }
        boolean narrow = p.frame().narrowCall();
        if (wanted.has(CLONE_SETTLS) && !narrow && (wanted.tls << 16 >> 16 != wanted.tls || wanted.tls < 0)) {
            throw new Errno(Errno.EPERM);
        }
        ThreadState state = p.state();
        if (wanted.has(CLONE_SETTLS)) {
            state = narrow ? state.withArea(ThreadArea.read(p, wanted.tls)) : state.withFsBase(wanted.tls);
        }
        Frame frame = new Frame(p.frame());
        frame.set(Frame.RAX, 0);
        if (wanted.stack != 0) {
            frame.set(Frame.RSP, wanted.stack);
        }
        frame.returned();
        Task task = p.threads().begin(state.withFrame(frame));
        if (wanted.has(CLONE_PARENT_SETTID)) {
            tell(p, wanted.parentTid, task);
        }
        if (wanted.has(CLONE_CHILD_SETTID)) {
            tell(p, wanted.childTid, task);
        }
        if (wanted.has(CLONE_CHILD_CLEARTID)) {
            task.clearAtEnd(wanted.childTid);
        }
        return task.tid();
    }

    /** As in Linux it is no error if there is no place for it. */
    private static void tell(LinuxProcess p, long address, Task task) {
        try {
            p.memory().putU32(address, task.tid());
        } catch (Errno nowhere) {
            return;
        }
    }
}
