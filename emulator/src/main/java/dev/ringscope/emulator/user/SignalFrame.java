package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.Signals.Action;

/** How a handler is entered and left: the frame on the program's stack. */
interface SignalFrame {
    /** The flags that a handler may change for the interrupted code: CF, PF, AF, ZF, SF, TF, DF, OF, RF, AC. */
    long CHANGEABLE = 0x5_0dd5;

    /** By the code that runs now: 64-bit or 32-bit. */
    static SignalFrame of(LinuxProcess p) {
        return p.wide() ? new WideSignalFrame(p) : new NarrowSignalFrame(p);
    }

    /**
     * Builds the frame with 128 bytes of siginfo and points the registers at the handler. @throws Errno if there is no
     * place for it
     */
    void enter(int signal, byte[] siginfo, Action action, long mask);

    /** rt_sigreturn: gives the registers what the frame holds. @throws Errno if it cannot be read */
    void leave();

    /** Where the frame shall end: on the alternate stack if the handler wants it and does not run there yet. */
    static long top(LinuxProcess p, Action action, int redZone) {
        long sp = p.frame().get(Frame.RSP);
        Signals signals = p.signals();
        boolean switches =
                (action.flags() & 0x0800_0000) != 0 && signals.alternateSize() > 0 && !signals.onAlternateStack(sp);
        return switches ? signals.alternateStack() + signals.alternateSize() : sp - redZone;
    }

    /** {@code ss_flags} of sigaltstack for that stack pointer. */
    static int stackFlags(Signals signals, long sp) {
        return signals.alternateSize() == 0 ? 2 : signals.onAlternateStack(sp) ? 1 : 0;
    }
}
