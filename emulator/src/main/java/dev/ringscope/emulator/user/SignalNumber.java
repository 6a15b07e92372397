package dev.ringscope.emulator.user;

/** Numbers of signals on x86 Linux (signal(7)) and what their default action is. */
final class SignalNumber {
    static final int SIGILL = 4,
            SIGTRAP = 5,
            SIGABRT = 6,
            SIGBUS = 7,
            SIGFPE = 8,
            SIGKILL = 9,
            SIGSEGV = 11,
            SIGPIPE = 13;
    static final int SIGSTOP = 19;
    static final int COUNT = 64;

    private static final String[] NAMES = {
        "",
        "SIGHUP",
        "SIGINT",
        "SIGQUIT",
        "SIGILL",
        "SIGTRAP",
        "SIGABRT",
        "SIGBUS",
        "SIGFPE",
        "SIGKILL",
        "SIGUSR1",
        "SIGSEGV",
        "SIGUSR2",
        "SIGPIPE",
        "SIGALRM",
        "SIGTERM",
        "SIGSTKFLT",
        "SIGCHLD",
        "SIGCONT",
        "SIGSTOP",
        "SIGTSTP",
        "SIGTTIN",
        "SIGTTOU",
        "SIGURG",
        "SIGXCPU",
        "SIGXFSZ",
        "SIGVTALRM",
        "SIGPROF",
        "SIGWINCH",
        "SIGIO",
        "SIGPWR",
        "SIGSYS"
    };

    private SignalNumber() {}

    static String name(int signal) {
        return signal > 0 && signal < NAMES.length ? NAMES[signal] : "SIGRT" + signal;
    }

    /** SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
    static boolean stopsByDefault(int signal) {
        return signal >= 19 && signal <= 22;
    }

    /** SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
    static boolean ignoredByDefault(int signal) {
        return signal == 17 || signal == 18 || signal == 23 || signal == 28;
    }
}
