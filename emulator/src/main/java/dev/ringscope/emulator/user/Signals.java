package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The process's signals: what waits, what is blocked, and the frames by which handlers are entered and left (Linux
 * arch/x86/kernel/signal.c; {@code struct rt_sigframe}, {@code ucontext} and {@code siginfo} of x86-64). Handlers do not find x87 or SSE
 * state in the frame, and what they change of it stays.
 */
final class Signals {
    private static final long SA_ONSTACK = 0x0800_0000, SA_RESTORER = 0x0400_0000, SA_NODEFER = 0x4000_0000;
    private static final long SA_RESETHAND = 0x8000_0000L;
    private static final int RED_ZONE = 128;
    /** Frame: return address, ucontext of 304 bytes, siginfo of 128. */
    private static final int UCONTEXT = 8, SIGINFO = UCONTEXT + 304, FRAME_SIZE = SIGINFO + 128;

    private static final int GREGS = 40;
    private static final int[] ORDER = {
        Frame.R8, Frame.R9, Frame.R10, Frame.R11, Frame.R12, Frame.R13, Frame.R14, Frame.R15, Frame.RDI, Frame.RSI, Frame.RBP,
        Frame.RBX, Frame.RDX, Frame.RAX, Frame.RCX, Frame.RSP, Frame.RIP, Frame.RFLAGS
    };
    /** What rt_sigreturn may restore: the arithmetic flags, DF, AC, TF. */
    private static final long USER_FLAGS = 0x4_0dd5 | 0x100;

    /** A handler as rt_sigaction gives it. {@code handler} 0 is the default, 1 is to ignore. */
    record Action(long handler, long flags, long restorer, long mask) {
        static final Action DEFAULT = new Action(0, 0, 0, 0);
    }

    private record Pending(int signal, int code, long value) {}

    private final Action[] actions = new Action[SignalNumber.COUNT + 1];
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private long blocked;
    private long alternateStack, alternateSize;

    Action action(int signal) {
        return actions[signal] == null ? Action.DEFAULT : actions[signal];
    }

    void setAction(int signal, Action action) {
        actions[signal] = action;
    }

    long blocked() {
        return blocked;
    }

    void setBlocked(long mask) {
        blocked = mask & ~(bit(SignalNumber.SIGKILL) | bit(SignalNumber.SIGSTOP));
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

    private static long bit(int signal) {
        return 1L << signal - 1;
    }

    /** @param code si_code; @param value si_addr of a fault, si_pid of a kill */
    void raise(int signal, int code, long value) {
        pending.add(new Pending(signal, code, value));
    }

    /** A fault of the program: cannot be held back, so a blocked or ignored one ends it (Linux force_sig_info). */
    void fault(int signal, int code, long address) {
        if ((blocked & bit(signal)) != 0 || action(signal).handler == 1) {
            blocked &= ~bit(signal);
            actions[signal] = Action.DEFAULT;
        }
        pending.addFirst(new Pending(signal, code, address));
    }

    /** Before the program resumes: the first signal that is not blocked takes effect. */
    void deliver(LinuxProcess p) {
        for (Pending next : pending.toArray(new Pending[0])) {
            if ((blocked & bit(next.signal)) != 0) {
                continue;
            }
            pending.remove(next);
            Action action = action(next.signal);
            if (action.handler == 0 && !SignalNumber.ignoredByDefault(next.signal)) {
                p.answer().add(new Answer.Exit(0, next.signal));
                return;
            }
            if (action.handler > 1 || action.handler < 0) {
                enter(p, next, action);
                return;
            }
        }
    }

    private void enter(LinuxProcess p, Pending signal, Action action) {
        Frame frame = p.frame();
        long sp = frame.get(Frame.RSP) - RED_ZONE;
        boolean alternate = (action.flags & SA_ONSTACK) != 0
                && alternateSize > 0
                && Long.compareUnsigned(frame.get(Frame.RSP) - alternateStack, alternateSize) > 0;
        if (alternate) {
            sp = alternateStack + alternateSize;
        }
        sp = (sp - FRAME_SIZE & -16) - 8;
        ByteBuffer b = UserMemory.zeros(FRAME_SIZE);
        b.putLong(0, action.restorer);
        b.putLong(UCONTEXT + 16, alternateStack).putLong(UCONTEXT + 32, alternateSize);
        b.putInt(UCONTEXT + 24, alternateSize == 0 ? 2 : 0);
        for (int n = 0; n < ORDER.length; n++) {
            b.putLong(UCONTEXT + GREGS + 8 * n, frame.get(ORDER[n]));
        }
        b.putShort(UCONTEXT + GREGS + 144, (short) frame.get(Frame.CS));
        b.putShort(UCONTEXT + GREGS + 150, (short) frame.get(Frame.SS));
        b.putLong(UCONTEXT + GREGS + 152, frame.get(Frame.ERROR));
        b.putLong(UCONTEXT + GREGS + 160, frame.get(Frame.CAUSE) & 0xff);
        b.putLong(UCONTEXT + GREGS + 168, blocked);
        b.putLong(UCONTEXT + GREGS + 176, signal.value);
        b.putLong(UCONTEXT + 296, blocked);
        b.putInt(SIGINFO, signal.signal).putInt(SIGINFO + 8, signal.code).putLong(SIGINFO + 16, signal.value);
        try {
            if ((action.flags & SA_RESTORER) == 0) {
                throw new Errno(Errno.EFAULT);
            }
            p.memory().write(sp, b);
        } catch (Errno e) {
            p.answer().add(new Answer.Exit(0, SignalNumber.SIGSEGV)); // no place for the frame
            return;
        }
        frame.set(Frame.RDI, signal.signal);
        frame.set(Frame.RSI, sp + SIGINFO);
        frame.set(Frame.RDX, sp + UCONTEXT);
        frame.set(Frame.RAX, 0);
        frame.set(Frame.RSP, sp);
        frame.set(Frame.RIP, action.handler);
        frame.set(Frame.RFLAGS, frame.get(Frame.RFLAGS) & ~0x500L);
        frame.resumeWhole();
        setBlocked(blocked | action.mask | ((action.flags & SA_NODEFER) == 0 ? bit(signal.signal) : 0));
        if ((action.flags & SA_RESETHAND) != 0) {
            actions[signal.signal] = Action.DEFAULT;
        }
    }

    /** rt_sigreturn: RSP is just above the frame's return address. */
    long restore(LinuxProcess p) {
        Frame frame = p.frame();
        long context = frame.get(Frame.RSP) - 8 + UCONTEXT;
        for (int n = 0; n < ORDER.length; n++) {
            long value = p.memory().u64(context + GREGS + 8L * n);
            frame.set(ORDER[n], ORDER[n] == Frame.RFLAGS ? value & USER_FLAGS | 0x202 : value);
        }
        if (frame.get(Frame.RIP) << 16 >> 16 != frame.get(Frame.RIP)) {
            p.signals().fault(SignalNumber.SIGSEGV, 128, 0);
            frame.set(Frame.RIP, 0);
        }
        setBlocked(p.memory().u64(context + 296));
        frame.resumeWhole();
        return frame.get(Frame.RAX);
    }
}
