package dev.ringscope.gdbstub;

import java.util.Arrays;
import java.util.Optional;

/**
 * Signals by gdb's own numbers (include/gdb/signals.def in gdb), which are the same for every system, with the number
 * that Linux on x86-64 and AArch64 has for each.
 */
public enum Signal {
    NONE(0, 0),
    SIGHUP(1, 1),
    SIGINT(2, 2),
    SIGQUIT(3, 3),
    SIGILL(4, 4),
    SIGTRAP(5, 5),
    SIGABRT(6, 6),
    SIGFPE(8, 8),
    SIGKILL(9, 9),
    SIGBUS(10, 7),
    SIGSEGV(11, 11),
    SIGSYS(12, 31),
    SIGPIPE(13, 13),
    SIGALRM(14, 14),
    SIGTERM(15, 15),
    SIGURG(16, 23),
    SIGSTOP(17, 19),
    SIGTSTP(18, 20),
    SIGCONT(19, 18),
    SIGCHLD(20, 17),
    SIGTTIN(21, 21),
    SIGTTOU(22, 22),
    SIGIO(23, 29),
    SIGXCPU(24, 24),
    SIGXFSZ(25, 25),
    SIGVTALRM(26, 26),
    SIGPROF(27, 27),
    SIGWINCH(28, 28),
    SIGUSR1(30, 10),
    SIGUSR2(31, 12),
    SIGPWR(32, 30);

    private final int number;
    private final int linuxNumber;

    Signal(int number, int linuxNumber) {
        this.number = number;
        this.linuxNumber = linuxNumber;
    }

    /** The number that goes over the wire. */
    public int number() {
        return number;
    }

    public int linuxNumber() {
        return linuxNumber;
    }

    public static Optional<Signal> ofNumber(int number) {
        return Arrays.stream(values()).filter(s -> s.number == number).findFirst();
    }

    public static Optional<Signal> ofLinux(int linuxNumber) {
        return Arrays.stream(values()).filter(s -> s.linuxNumber == linuxNumber).findFirst();
    }
}
