package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.Signals.Pending;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** Signals that a process sends to itself, their handlers, and waiting for them. */
final class SignalCalls {
    private static final int SMALLEST_STACK = 2048;

    private SignalCalls() {}

    static void enter(SystemCalls t) {
        t.add(13, "rt_sigaction", (p, a) -> sigaction(p, a, 8));
        t.add(14, "rt_sigprocmask", SignalCalls::sigprocmask);
        t.add(15, "rt_sigreturn", (p, a) -> sigreturn(p));
        t.add(127, "rt_sigpending", (p, a) -> {
            p.memory().putU64(a[0], p.signals().waiting() & p.signals().blocked());
            return 0;
        });
        t.add(128, "rt_sigtimedwait", SignalCalls::sigtimedwait);
        t.add(129, "rt_sigqueueinfo", (p, a) -> queue(p, a[0], (int) a[1], a[2]));
        t.add(297, "rt_tgsigqueueinfo", (p, a) -> queueToThread(p, (int) a[1], (int) a[2], a[3]));
        t.add(131, "sigaltstack", (p, a) -> sigaltstack(p, a[0], a[1], 8));
        t.add(62, "kill", (p, a) -> kill(p, (int) a[0], (int) a[1]));
        t.add(200, "tkill", (p, a) -> killThread(p, (int) a[0], (int) a[1]));
        t.add(234, "tgkill", (p, a) -> {
            if ((int) a[0] != IdentityCalls.PID) {
                throw new Errno((int) a[0] <= 0 ? Errno.EINVAL : Errno.ESRCH);
            }
            return killThread(p, (int) a[1], (int) a[2]);
        });
    }

    /** @param word bytes of a pointer: {@code struct sigaction} is handler, flags, restorer, 64 bits of mask */
    static long sigaction(LinuxProcess p, long[] a, int word) {
        int signal = (int) a[0];
        if (signal < 1 || signal > SignalNumber.COUNT || a[3] != 8) {
            throw new Errno(Errno.EINVAL);
        }
        Signals.Action old = p.signals().action(signal);
        UserMemory memory = p.memory();
        if (a[1] != 0) {
            if (signal == SignalNumber.SIGKILL || signal == SignalNumber.SIGSTOP) {
                throw new Errno(Errno.EINVAL);
            }
            p.signals()
                    .setAction(
                            signal,
                            new Signals.Action(
                                    memory.word(a[1], word),
                                    memory.word(a[1] + word, word),
                                    memory.word(a[1] + 2L * word, word),
                                    memory.u64(a[1] + 3L * word)));
        }
        if (a[2] != 0) {
            long[] values = {old.handler(), old.flags(), old.restorer()};
            ByteBuffer b = UserMemory.zeros(3 * word + 8).putLong(3 * word, old.mask());
            for (int n = 0; n < values.length; n++) {
                UserMemory.putWord(b, n * word, values[n], word);
            }
            memory.write(a[2], b);
        }
        return 0;
    }

    private static long sigprocmask(LinuxProcess p, long[] a) {
        long old = p.signals().blocked();
        if (a[3] != 8) {
            throw new Errno(Errno.EINVAL);
        }
        if (a[1] != 0) {
            long set = p.memory().u64(a[1]);
            p.signals()
                    .setBlocked(
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

    /** A frame that cannot be read, or that holds what no program may have, is a fault. */
    static long sigreturn(LinuxProcess p) {
        try {
            SignalFrame.of(p).leave();
        } catch (Errno e) {
            p.signals().fault(SignalNumber.SIGSEGV, Signals.SI_KERNEL, 0, "a bad signal frame");
        }
        return p.frame().get(Frame.RAX);
    }

    /** @param word bytes of a pointer: {@code stack_t} is start, flags of 32 bits, size */
    static long sigaltstack(LinuxProcess p, long wanted, long old, int word) {
        Signals signals = p.signals();
        long oldStart = signals.alternateStack();
        long oldSize = signals.alternateSize();
        int flags = SignalFrame.stackFlags(signals, p.frame().get(Frame.RSP));
        if (wanted != 0) {
            int newFlags = p.memory().u32(wanted + word);
            long size = p.memory().word(wanted + 2L * word, word);
            if (flags == 1) {
                throw new Errno(Errno.EPERM);
            }
            if ((newFlags & ~3) != 0) {
                throw new Errno(Errno.EINVAL);
            }
            boolean disable = (newFlags & 2) != 0;
            if (!disable && Long.compareUnsigned(size, SMALLEST_STACK) < 0) {
                throw new Errno(Errno.ENOMEM);
            }
            signals.setAlternateStack(disable ? 0 : p.memory().word(wanted, word), disable ? 0 : size);
        }
        if (old != 0) {
            ByteBuffer b = UserMemory.zeros(3 * word);
            UserMemory.putWord(b, 0, oldStart, word);
            UserMemory.putWord(b, 2 * word, oldSize, word);
            p.memory().write(old, b.putInt(word, flags));
        }
        return 0;
    }

    private static void check(long target, int signal) {
        int pid = IdentityCalls.PID;
        if (target != pid && target != 0 && target != -1 && target != -pid) {
            throw new Errno(Errno.ESRCH);
        }
        checkNumber(signal);
    }

    private static void checkNumber(int signal) {
        if (signal < 0 || signal > SignalNumber.COUNT) {
            throw new Errno(Errno.EINVAL);
        }
    }

    private static long kill(LinuxProcess p, long target, int signal) {
        check(target, signal);
        if (signal != 0) {
            p.shared().raise(signal, Signals.SI_USER, IdentityCalls.PID, 0);
        }
        return 0;
    }

    private static Signals ofThread(LinuxProcess p, int tid, int signal) {
        checkNumber(signal);
        if (tid <= 0) {
            throw new Errno(Errno.EINVAL);
        }
        return p.scheduler().find(tid).orElseThrow(() -> new Errno(Errno.ESRCH)).signals();
    }

    private static long killThread(LinuxProcess p, int tid, int signal) {
        Signals target = ofThread(p, tid, signal);
        if (signal != 0) {
            target.raise(signal, Signals.SI_TKILL, IdentityCalls.PID, 0);
        }
        return 0;
    }

    private static long queueToThread(LinuxProcess p, int tid, int signal, long information) {
        Signals target = ofThread(p, tid, signal);
        ByteBuffer b = p.memory().buffer(information, 32);
        if (signal != 0) {
            target.raise(signal, b.getInt(8), b.getLong(16), b.getLong(24));
        }
        return 0;
    }

    private static long queue(LinuxProcess p, long target, int signal, long information) {
        check(target, signal);
        ByteBuffer b = p.memory().buffer(information, 32);
        if (signal != 0) {
            p.shared().raise(signal, b.getInt(8), b.getLong(16), b.getLong(24));
        }
        return 0;
    }

    private static long sigtimedwait(LinuxProcess p, long[] a) {
        long wanted = p.memory().u64(a[0]);
        long until = a[2] == 0 ? Long.MAX_VALUE : p.now() + TimeCalls.duration(p, a[2]);
        Signals signals = p.signals();
        boolean wide = p.wide();
        OptionalLong found = take(p, signals, wanted, a[1], wide);
        if (found.isPresent()) {
            return found.getAsLong();
        } else if (until <= p.now()) {
            throw new Errno(Errno.EAGAIN);
        }
        throw new Wait.Needed(new Wait.Retry(until, () -> take(p, signals, wanted, a[1], wide), -Errno.EAGAIN, false));
    }

    private static OptionalLong take(LinuxProcess p, Signals signals, long wanted, long information, boolean wide) {
        Optional<Pending> found = signals.take(wanted);
        if (found.isPresent() && information != 0) {
            p.space().write(information, Siginfo.of(found.get(), wide));
        }
        return found.isPresent() ? OptionalLong.of(found.get().signal()) : OptionalLong.empty();
    }
}
