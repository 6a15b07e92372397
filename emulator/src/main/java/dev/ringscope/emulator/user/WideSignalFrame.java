package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.Signals.Action;
import java.nio.ByteBuffer;

/**
 * The frame of x86-64: {@code struct rt_sigframe} with {@code ucontext} and {@code siginfo}, below the x87 and SSE
 * state as FXSAVE writes it (Linux arch/x86/kernel/signal.c, for a processor whose kernel does not use XSAVE).
 */
final class WideSignalFrame implements SignalFrame {
    private static final int RED_ZONE = 128;
    private static final long SA_RESTORER = 0x0400_0000;
    /** UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS. */
    private static final long FLAGS = 6;

    private static final int UCONTEXT = 8, STACK = UCONTEXT + 16, GREGS = UCONTEXT + 40, MASK = UCONTEXT + 296;
    private static final int SEGMENTS = GREGS + 144, ERROR = GREGS + 152, TRAP = GREGS + 160, OLD_MASK = GREGS + 168;
    private static final int CR2 = GREGS + 176, FPSTATE = GREGS + 184, SIGINFO = UCONTEXT + 304, SIZE = SIGINFO + 128;

    private static final int[] ORDER = {
        Frame.R8,
        Frame.R9,
        Frame.R10,
        Frame.R11,
        Frame.R12,
        Frame.R13,
        Frame.R14,
        Frame.R15,
        Frame.RDI,
        Frame.RSI,
        Frame.RBP,
        Frame.RBX,
        Frame.RDX,
        Frame.RAX,
        Frame.RCX,
        Frame.RSP,
        Frame.RIP,
        Frame.RFLAGS
    };

    private final LinuxProcess p;
    private final Frame frame;

    WideSignalFrame(LinuxProcess process) {
        p = process;
        frame = process.frame();
    }

    @Override
    public void enter(int signal, byte[] siginfo, Action action, long mask) {
        if ((action.flags() & SA_RESTORER) == 0) {
            throw new Errno(Errno.EFAULT);
        }
        long fpstate = SignalFrame.top(p, action, RED_ZONE) - FpuState.SIZE & -64;
        long sp = (fpstate - SIZE & -16) - 8;
        ByteBuffer b = UserMemory.zeros(SIZE);
        b.putLong(0, action.restorer()).putLong(UCONTEXT, FLAGS);
        Signals signals = p.signals();
        b.putLong(STACK, signals.alternateStack()).putLong(STACK + 16, signals.alternateSize());
        b.putInt(STACK + 8, SignalFrame.stackFlags(signals, frame.get(Frame.RSP)));
        for (int n = 0; n < ORDER.length; n++) {
            b.putLong(GREGS + 8 * n, frame.get(ORDER[n]));
        }
        b.putShort(SEGMENTS, (short) frame.get(Frame.CS)).putShort(SEGMENTS + 6, (short) Frame.USER_SS);
        b.putLong(ERROR, p.faults().errorCode()).putLong(TRAP, p.faults().vector());
        b.putLong(OLD_MASK, mask)
                .putLong(CR2, p.faults().address())
                .putLong(FPSTATE, fpstate)
                .putLong(MASK, mask);
        b.put(SIGINFO, siginfo);
        p.space().write(fpstate, p.fpu());
        p.memory().write(sp, b);
        p.setFpu(FpuState.initial());

        frame.set(Frame.RDI, signal);
        frame.set(Frame.RSI, sp + SIGINFO);
        frame.set(Frame.RDX, sp + UCONTEXT);
        frame.set(Frame.RAX, 0);
        frame.set(Frame.RSP, sp);
        frame.set(Frame.RIP, action.handler());
        frame.set(Frame.CS, Frame.USER_CS);
        frame.set(Frame.RFLAGS, frame.get(Frame.RFLAGS) & ~0x1_0500L); // RF, DF, TF
        frame.resumeWhole();
    }

    /** RSP is just above the frame's return address. */
    @Override
    public void leave() {
        long start = frame.get(Frame.RSP) - 8;
        ByteBuffer b = p.memory().buffer(start, SIZE);
        long fpstate = b.getLong(FPSTATE);
        byte[] fpu = fpstate == 0 ? FpuState.initial() : p.space().read(fpstate, FpuState.SIZE);
        long cs = b.getShort(SEGMENTS) & 0xffff;
        if (cs != Frame.USER_CS && cs != Frame.USER32_CS) {
            throw new Errno(Errno.EFAULT);
        }
        long flags = frame.get(Frame.RFLAGS) & ~CHANGEABLE;
        for (int n = 0; n < ORDER.length; n++) {
            frame.set(ORDER[n], b.getLong(GREGS + 8 * n));
        }
        frame.set(Frame.RFLAGS, frame.get(Frame.RFLAGS) & CHANGEABLE | flags);
        frame.set(Frame.CS, cs);
        p.setFpu(fpu);
        p.signals().setBlocked(b.getLong(MASK));
        if ((b.getInt(STACK + 8) & 2) == 0) {
            p.signals().setAlternateStack(b.getLong(STACK), b.getLong(STACK + 16));
        }
        frame.resumeWhole();
    }
}
