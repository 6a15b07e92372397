package dev.ringscope.gdbstub;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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
    SIGPWR(32, 30),
    SIG32(77, 32),
    SIG33(45, 33),
    SIG34(46, 34),
    SIG35(47, 35),
    SIG36(48, 36),
    SIG37(49, 37),
    SIG38(50, 38),
    SIG39(51, 39),
    SIG40(52, 40),
    SIG41(53, 41),
    SIG42(54, 42),
    SIG43(55, 43),
    SIG44(56, 44),
    SIG45(57, 45),
    SIG46(58, 46),
    SIG47(59, 47),
    SIG48(60, 48),
    SIG49(61, 49),
    SIG50(62, 50),
    SIG51(63, 51),
    SIG52(64, 52),
    SIG53(65, 53),
    SIG54(66, 54),
    SIG55(67, 55),
    SIG56(68, 56),
    SIG57(69, 57),
    SIG58(70, 58),
    SIG59(71, 59),
    SIG60(72, 60),
    SIG61(73, 61),
    SIG62(74, 62),
    SIG63(75, 63),
    SIG64(78, 64);

    private static final Map<Integer, Signal> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toMap(Signal::number, s -> s));

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
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    public static Optional<Signal> ofLinux(int linuxNumber) {
        return Arrays.stream(values()).filter(s -> s.linuxNumber == linuxNumber).findFirst();
    }
}
