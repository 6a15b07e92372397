package dev.ringscope.emulator.user;

import java.util.Map;

/** Signals that a process sends to itself, and their handlers. */
final class SignalCalls {
    private SignalCalls() {}

    static void enter(Map<Integer, SystemCall> t) {
        t.put(13, SignalCalls::rtSigaction);
        t.put(14, SignalCalls::rtSigprocmask);
        t.put(15, (p, a) -> p.signals().restore(p));
        t.put(131, SignalCalls::sigaltstack);
        t.put(62, (p, a) -> kill(p, a[0], (int) a[1]));
        t.put(200, (p, a) -> kill(p, a[0], (int) a[1]));
        t.put(234, (p, a) -> kill(p, a[1], (int) a[2]));
        // alarm, getitimer, setitimer: no timers of the process, and none is refused silently
        for (int number : new int[] {36, 37, 38}) {
            t.put(number, (p, a) -> {
                throw new Errno(Errno.ENOSYS);
            });
        }
    }

    private static long rtSigaction(LinuxProcess p, long[] a) {
        int signal = (int) a[0];
        if (signal < 1 || signal > SignalNumber.COUNT || a[3] != 8) {
            throw new Errno(Errno.EINVAL);
        }
        Signals.Action old = p.signals().action(signal);
        if (a[1] != 0) {
            if (signal == SignalNumber.SIGKILL || signal == SignalNumber.SIGSTOP) {
                throw new Errno(Errno.EINVAL);
            }
            p.signals().setAction(
                    signal,
                    new Signals.Action(
                            p.memory().u64(a[1]),
                            p.memory().u64(a[1] + 8),
                            p.memory().u64(a[1] + 16),
                            p.memory().u64(a[1] + 24)));
        }
        if (a[2] != 0) {
            p.memory()
                    .write(
                            a[2],
                            UserMemory.zeros(32)
                                    .putLong(0, old.handler())
                                    .putLong(8, old.flags())
                                    .putLong(16, old.restorer())
                                    .putLong(24, old.mask()));
        }
        return 0;
    }

    private static long rtSigprocmask(LinuxProcess p, long[] a) {
        long old = p.signals().blocked();
        if (a[1] != 0) {
            long set = p.memory().u64(a[1]);
            p.signals().setBlocked(
                    switch ((int) a[0]) {
                        case 0 -> old | set;
                        case 1 -> old & ~set;
                        case 2 -> set;
                        default -> throw new Errno(Errno.EINVAL);
                    });
        }
        if (a[2] != 0) {
            p.memory().putU64(a[2], old);
        }
        return 0;
    }

    private static long sigaltstack(LinuxProcess p, long[] a) {
        Signals signals = p.signals();
        if (a[1] != 0) {
            p.memory()
                    .write(
                            a[1],
                            UserMemory.zeros(24)
                                    .putLong(0, signals.alternateStack())
                                    .putInt(8, signals.alternateSize() == 0 ? 2 : 0)
                                    .putLong(16, signals.alternateSize()));
        }
        if (a[0] != 0) {
            boolean disable = (p.memory().u32(a[0] + 8) & 2) != 0;
            signals.setAlternateStack(p.memory().u64(a[0]), disable ? 0 : p.memory().u64(a[0] + 16));
        }
        return 0;
    }

    static long kill(LinuxProcess p, long target, int signal) {
        if (target != IdentityCalls.PID && target != 0 && target != -1 && target != -IdentityCalls.PID) {
            throw new Errno(Errno.ESRCH);
        }
        if (signal < 0 || signal > SignalNumber.COUNT) {
            throw new Errno(Errno.EINVAL);
        }
        if (signal != 0) {
            p.signals().raise(signal, -6, IdentityCalls.PID); // SI_TKILL
        }
        return 0;
    }
}
