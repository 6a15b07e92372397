package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.Signals.Action;
import java.nio.ByteBuffer;

/**
 * The two frames of i386 (Linux arch/x86/ia32/ia32_signal.c): {@code rt_sigframe_ia32} for handlers with SA_SIGINFO,
 * {@code sigframe_ia32} for the others. Of the x87 state the part in FXSAVE's layout counts when the handler returns.
 */
final class NarrowSignalFrame implements SignalFrame {
    private static final long SA_SIGINFO = 4, SA_RESTORER = 0x0400_0000;
    /** FSAVE's layout in front of FXSAVE's. */
    private static final int OLD_FPU = 112;

    private static final int CONTEXT_SIZE = 88, FPSTATE = 76, OLD_MASK = 80;
    /** rt_sigframe: return address, signal, two pointers, siginfo, ucontext. */
    private static final int SIGINFO = 16, UCONTEXT = SIGINFO + 128, STACK = UCONTEXT + 8, RT_CONTEXT = UCONTEXT + 20;

    private static final int RT_MASK = RT_CONTEXT + CONTEXT_SIZE, RT_SIZE = RT_MASK + 8;
    /** sigframe: return address, signal, context, room for an old x87 state, the upper half of the mask. */
    private static final int CONTEXT = 8, EXTRA_MASK = CONTEXT + CONTEXT_SIZE + 624, SIZE = EXTRA_MASK + 4;

    /** From offset 16 of {@code sigcontext_32}. */
    private static final int[] ORDER = {
        Frame.RDI, Frame.RSI, Frame.RBP, Frame.RSP, Frame.RBX, Frame.RDX, Frame.RCX, Frame.RAX
    };

    private final LinuxProcess p;
    private final Frame frame;

    NarrowSignalFrame(LinuxProcess process) {
        p = process;
        frame = process.frame();
    }

    @Override
    public void enter(int signal, byte[] siginfo, Action action, long mask) {
        if ((action.flags() & SA_RESTORER) == 0) {
            throw new Errno(Errno.EFAULT);
        }
        boolean rt = (action.flags() & SA_SIGINFO) != 0;
        long fpstate = (SignalFrame.top(p, action, 0) & 0xffff_ffffL) - FpuState.SIZE - OLD_FPU & -64;
        long sp = (fpstate - (rt ? RT_SIZE : SIZE) + 4 & -16) - 4;
        ByteBuffer b = UserMemory.zeros(rt ? RT_SIZE : SIZE);
        b.putInt(0, (int) action.restorer()).putInt(4, signal);
        if (rt) {
            b.putInt(8, (int) sp + SIGINFO).putInt(12, (int) sp + UCONTEXT);
            b.put(SIGINFO, siginfo);
            b.putInt(STACK, (int) p.signals().alternateStack())
                    .putInt(STACK + 8, (int) p.signals().alternateSize());
            b.putInt(STACK + 4, SignalFrame.stackFlags(p.signals(), frame.get(Frame.RSP)));
            b.putLong(RT_MASK, mask);
        } else {
            b.putInt(EXTRA_MASK, (int) (mask >>> 32));
        }
        putContext(b, rt ? RT_CONTEXT : CONTEXT, fpstate, mask);
        p.space().write(fpstate + OLD_FPU, p.fpu());
        p.memory().write(sp, b);
        p.setFpu(FpuState.initial());

        frame.set(Frame.RAX, signal);
        frame.set(Frame.RDX, rt ? sp + SIGINFO : 0);
        frame.set(Frame.RCX, rt ? sp + UCONTEXT : 0);
        frame.set(Frame.RSP, sp);
        frame.set(Frame.RIP, action.handler());
        frame.set(Frame.CS, Frame.USER32_CS);
        frame.set(Frame.RFLAGS, frame.get(Frame.RFLAGS) & ~0x1_0500L); // RF, DF, TF
        frame.resumeWhole();
    }

    private void putContext(ByteBuffer b, int at, long fpstate, long mask) {
        int[] segments = {p.cpu().seg[5].selector, p.cpu().seg[4].selector, (int) Frame.USER_SS, (int) Frame.USER_SS};
        for (int n = 0; n < segments.length; n++) {
            b.putInt(at + 4 * n, segments[n]);
        }
        for (int n = 0; n < ORDER.length; n++) {
            b.putInt(at + 16 + 4 * n, (int) frame.get(ORDER[n]));
        }
        b.putInt(at + 48, p.faults().vector()).putInt(at + 52, (int) p.faults().errorCode());
        b.putInt(at + 56, (int) frame.get(Frame.RIP)).putInt(at + 60, (int) Frame.USER32_CS);
        b.putInt(at + 64, (int) frame.get(Frame.RFLAGS)).putInt(at + 68, (int) frame.get(Frame.RSP));
        b.putInt(at + 72, (int) Frame.USER_SS).putInt(at + FPSTATE, (int) fpstate);
        b.putInt(at + OLD_MASK, (int) mask).putInt(at + 84, (int) p.faults().address());
    }

    @Override
    public void leave() {
        ByteBuffer b = p.memory().buffer(frame.get(Frame.RSP) - 4, RT_SIZE);
        restore(b, RT_CONTEXT);
        p.signals().setBlocked(b.getLong(RT_MASK));
    }

    /** sigreturn: the handler's restorer has taken the signal's number off the stack too. */
    void leaveOld() {
        ByteBuffer b = p.memory().buffer(frame.get(Frame.RSP) - 8, SIZE);
        restore(b, CONTEXT);
        p.signals().setBlocked(b.getInt(CONTEXT + OLD_MASK) & 0xffff_ffffL | (long) b.getInt(EXTRA_MASK) << 32);
    }

    private void restore(ByteBuffer b, int at) {
        int cs = b.getInt(at + 60) & 0xffff;
        if (cs != Frame.USER32_CS) {
            throw new Errno(Errno.EFAULT);
        }
        long fpstate = b.getInt(at + FPSTATE) & 0xffff_ffffL;
        byte[] fpu = fpstate == 0 ? FpuState.initial() : p.space().read(fpstate + OLD_FPU, FpuState.SIZE);
        for (int n = 0; n < ORDER.length; n++) {
            frame.set(ORDER[n], b.getInt(at + 16 + 4 * n) & 0xffff_ffffL);
        }
        frame.set(Frame.RIP, b.getInt(at + 56) & 0xffff_ffffL);
        frame.set(Frame.RFLAGS, b.getInt(at + 64) & CHANGEABLE | frame.get(Frame.RFLAGS) & ~CHANGEABLE);
        p.setFpu(fpu);
        frame.resumeWhole();
    }
}
