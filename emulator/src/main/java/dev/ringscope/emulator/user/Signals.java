package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A thread's signals: what waits, what is blocked, and what becomes of it (signal(7); Linux kernel/signal.c). */
final class Signals {
    static final int SI_KERNEL = 128, SI_USER = 0, SI_TKILL = -6;
    private static final long SA_RESTART = 0x1000_0000, SA_NODEFER = 0x4000_0000, SA_RESETHAND = 0x8000_0000L;
    private static final int FIRST_REAL_TIME = 32, MOST_QUEUED = 1000;

    /** A handler as rt_sigaction gives it. {@code handler} 0 is the default, 1 is to ignore. */
    record Action(long handler, long flags, long restorer, long mask) {
        static final Action DEFAULT = new Action(0, 0, 0, 0);

        boolean handled() {
            return handler != 0 && handler != 1;
        }
    }

    /**
     * A signal that waits.
     *
     * @param code si_code
     * @param value si_addr of a fault, si_pid and si_uid of a kill
     * @param data si_value of a queued one
     * @param why what happened, for people
     */
    record Pending(int signal, int code, long value, long data, String why) {}

    private final SharedSignals shared;
    private final Scheduler scheduler;
    private final List<Pending> pending = new ArrayList<>();
    private long blocked;
    /** What sigsuspend replaced, until the handler's frame holds it. */
    private Optional<Long> saved = Optional.empty();

    /** What passes signal_stop now. */
    private Optional<Pending> announced = Optional.empty();

    private long alternateStack, alternateSize;

    Signals(SharedSignals shared, Scheduler scheduler) {
        this.shared = shared;
        this.scheduler = scheduler;
    }

    Action action(int signal) {
        return shared.action(signal);
    }

    void setAction(int signal, Action action) {
        shared.setAction(signal, action);
    }

    void forget(int signal) {
        pending.removeIf(p -> p.signal == signal);
    }

    /** What waits for this thread alone. */
    List<Pending> own() {
        return pending;
    }

    boolean blocks(int signal) {
        return (blocked & bit(signal)) != 0;
    }

    long blocked() {
        return blocked;
    }

    void setBlocked(long mask) {
        blocked = mask & ~(bit(SignalNumber.SIGKILL) | bit(SignalNumber.SIGSTOP));
    }

    /** Blocks others until the next handler has run: sigsuspend. */
    void suspendWith(long mask) {
        saved = Optional.of(blocked);
        setBlocked(mask);
    }

    long alternateStack() {
        return alternateStack;
    }

    long alternateSize() {
        return alternateSize;
    }

    void setAlternateStack(long start, long size) {
        alternateStack = start;
        alternateSize = size;
    }

    boolean onAlternateStack(long sp) {
        return sp > alternateStack && Long.compareUnsigned(sp - alternateStack, alternateSize) <= 0;
    }

    static long bit(int signal) {
        return 1L << signal - 1;
    }

    // ---- raising ----------------------------------------------------------------------------------------------------

    /** A signal to this thread. One that waits already is not sent twice, unless it is a real-time one. */
    void raise(int signal, int code, long value, long data) {
        raiseInto(pending, signal, code, value, data);
    }

    /** @param queue its own or the process's */
    void raiseInto(List<Pending> queue, int signal, int code, long value, long data) {
        boolean twice = signal < FIRST_REAL_TIME && queue.stream().anyMatch(p -> p.signal == signal);
        if ((blocks(signal) || !shared.ignored(signal)) && !twice) {
            if (queue.size() >= MOST_QUEUED) {
                throw new Errno(Errno.EAGAIN);
            }
            scheduler.stir();
            queue.add(new Pending(signal, code, value, data, ""));
        }
    }

    /** A fault of the program: cannot be held back, so a blocked or ignored one ends it (Linux force_sig_info). */
    void fault(int signal, int code, long address, String why) {
        if ((blocked & bit(signal)) != 0 || action(signal).handler == 1) {
            blocked &= ~bit(signal);
            setAction(signal, Action.DEFAULT);
        }
        pending.removeIf(p -> p.signal == signal);
        pending.addFirst(new Pending(signal, code, address, 0, why));
    }

    /** The signals that wait, as a mask. */
    long waiting() {
        return Stream.concat(pending.stream(), shared.pending().stream())
                .mapToLong(p -> bit(p.signal))
                .reduce(0, (a, b) -> a | b);
    }

    /** Whether something is about to end the program or enter a handler: then a call that waits is interrupted. */
    boolean interrupt() {
        return (waiting() & ~blocked) != 0;
    }

    /**
     * Takes the first that waits of those in the mask: a fault, then the lowest number; its own before the process's.
     */
    Optional<Pending> take(long mask) {
        return takeFrom(pending, mask).or(() -> takeFrom(shared.pending(), mask));
    }

    private static Optional<Pending> takeFrom(List<Pending> queue, long mask) {
        Optional<Pending> first = queue.stream()
                .filter(p -> (mask & bit(p.signal)) != 0)
                .min(Comparator.comparingInt(p -> p.why.isEmpty() ? p.signal : 0));
        first.ifPresent(queue::remove);
        return first;
    }

    // ---- delivering -------------------------------------------------------------------------------------------------

    /**
     * Before the thread resumes: the first that is not blocked shall pass signal_stop, then {@link #deliver}.
     *
     * @return whether the thread resumes; else none has come, and it waits again
     */
    boolean announce(LinuxProcess p) {
        checkResumption(p);
        do {
            announced = take(~blocked);
        } while (announced.isPresent() && shared.ignored(announced.get().signal));
        if (announced.isPresent()) {
            Pending next = announced.get();
            ProcessPage.stop(p.answer(), p.task().tid(), next.signal, Siginfo.of(next, p.wide()));
        } else if (p.waits().goOn()) {
            return false;
        } else {
            saved.ifPresent(this::setBlocked);
            saved = Optional.empty();
        }
        return true;
    }

    /** After signal_stop: what was announced, or what a debugger has made of it, takes effect. */
    void deliver(LinuxProcess p, int signal, byte[] siginfo) {
        Pending first = announced.orElseThrow();
        announced = Optional.empty();
        if (signal == first.signal) {
            deliver(p, first, siginfo);
        } else if (signal > 0 && signal <= SignalNumber.COUNT) {
            Pending other = new Pending(signal, SI_USER, IdentityCalls.PARENT, 0, "");
            if ((blocked & bit(signal)) != 0) {
                pending.add(other);
            } else {
                deliver(p, other, isOf(signal, siginfo) ? siginfo : Siginfo.of(other, p.wide()));
            }
        }
    }

    /** As with ptrace: what a debugger has written for the signal that it gives counts. */
    private static boolean isOf(int signal, byte[] siginfo) {
        return ByteBuffer.wrap(siginfo).order(ByteOrder.LITTLE_ENDIAN).getInt() == signal;
    }

    /** An address that IRET would refuse is a fault of the program, not of the kernel. */
    private void checkResumption(LinuxProcess p) {
        long rip = p.frame().get(Frame.RIP);
        if (rip << 16 >> 16 != rip) {
            p.frame().set(Frame.RIP, 0);
            fault(SignalNumber.SIGSEGV, SI_KERNEL, 0, "a jump to non-canonical 0x%x".formatted(rip));
        }
    }

    private void deliver(LinuxProcess p, Pending signal, byte[] siginfo) {
        Action action = action(signal.signal);
        if (action.handled()) {
            enter(p, signal, siginfo, action);
            return;
        }
        if (shared.ignored(signal.signal)) {
            return;
        }
        p.end(
                SignalNumber.stopsByDefault(signal.signal)
                        ? new Answer.Halt(
                                "stopped by " + SignalNumber.name(signal.signal) + ", and nobody continues it")
                        : p.exit(0, signal.signal, signal.why));
    }

    private void enter(LinuxProcess p, Pending signal, byte[] siginfo, Action action) {
        p.waits().endInterrupted((action.flags & SA_RESTART) != 0);
        try {
            SignalFrame.of(p).enter(signal.signal, siginfo, action, saved.orElse(blocked));
        } catch (Errno e) {
            p.end(p.exit(
                    0,
                    SignalNumber.SIGSEGV,
                    "no place for the frame of a handler of " + SignalNumber.name(signal.signal)));
            return;
        }
        saved = Optional.empty();
        setBlocked(blocked | action.mask | ((action.flags & SA_NODEFER) == 0 ? bit(signal.signal) : 0));
        if ((action.flags & SA_RESETHAND) != 0) {
            setAction(signal.signal, Action.DEFAULT);
        }
    }
}
