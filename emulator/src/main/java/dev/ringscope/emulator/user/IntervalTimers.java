package dev.ringscope.emulator.user;

/**
 * The three interval timers of a process (setitimer(2)) in virtual nanoseconds: ITIMER_REAL counts all time,
 * ITIMER_VIRTUAL and ITIMER_PROF the time that the program did not sleep.
 */
final class IntervalTimers {
    static final int REAL = 0, COUNT = 3;
    private static final int[] SIGNALS = {14, 26, 27}; // SIGALRM, SIGVTALRM, SIGPROF

    private final long[] deadline = new long[COUNT];
    private final long[] interval = new long[COUNT];
    private long slept;

    /** @param first nanoseconds from now, 0: never */
    void set(int timer, long now, long first, long newInterval) {
        deadline[timer] = first == 0 ? 0 : clock(timer, now) + first;
        interval[timer] = newInterval;
    }

    private long clock(int timer, long now) {
        return timer == REAL ? now : now - slept;
    }

    /** Nanoseconds until it fires, 0 if it is not set. */
    long left(int timer, long now) {
        return deadline[timer] == 0 ? 0 : Math.max(1, deadline[timer] - clock(timer, now));
    }

    long interval(int timer) {
        return interval[timer];
    }

    void slept(long nanoseconds) {
        slept += nanoseconds;
    }

    /** When ITIMER_REAL fires, the only one that can while the program sleeps; {@link Long#MAX_VALUE}: never. */
    long nextInSleep() {
        return deadline[REAL] == 0 ? Long.MAX_VALUE : deadline[REAL];
    }

    /** When the first fires if the program does not sleep; {@link Long#MAX_VALUE}: never. */
    long next() {
        long next = Long.MAX_VALUE;
        for (int timer = 0; timer < COUNT; timer++) {
            if (deadline[timer] != 0) {
                next = Math.min(next, deadline[timer] + (timer == REAL ? 0 : slept));
            }
        }
        return next;
    }

    /** Raises the signals of those whose time has come. */
    void expire(long now, SharedSignals signals) {
        for (int timer = 0; timer < COUNT; timer++) {
            long clock = clock(timer, now);
            if (deadline[timer] == 0 || deadline[timer] > clock) {
                continue;
            }
            signals.raise(SIGNALS[timer], Signals.SI_KERNEL, 0, 0);
            long missed = interval[timer] == 0 ? 0 : (clock - deadline[timer]) / interval[timer] + 1;
            deadline[timer] = interval[timer] == 0 ? 0 : deadline[timer] + missed * interval[timer];
        }
    }
}
