package dev.ringscope.emulator.user;

import java.util.Optional;

/** A thread of the program, as its host sees it. Its registers are in the guest: in the frame, or in its slot. */
final class Task {
    private final int tid;
    private final long slot;
    private final Signals signals;
    /** Where the thread's end is written and woken, 0: nowhere. */
    private long clearedAtEnd;

    /** Which of the program's waits it is: the first come is the first served. */
    private long waitNumber;

    /** Linear address at which its last wait's system call returns. */
    private long waitsAt;

    private Optional<Wait> wait = Optional.empty();
    /** What a signal has interrupted: goes on if the signal does not enter a handler. */
    private Optional<Wait> interrupted = Optional.empty();

    /** @param slot physical address of the thread's slot */
    Task(int tid, long slot, Signals signals) {
        this.tid = tid;
        this.slot = slot;
        this.signals = signals;
    }

    int tid() {
        return tid;
    }

    long slot() {
        return slot;
    }

    Signals signals() {
        return signals;
    }

    long clearedAtEnd() {
        return clearedAtEnd;
    }

    /** @param address of 4 bytes that become 0 when the thread ends, and a futex to wake; 0: none */
    void clearAtEnd(long address) {
        clearedAtEnd = address;
    }

    boolean runnable() {
        return wait.isEmpty();
    }

    /** What it waits for in a system call. */
    Optional<Wait> waiting() {
        return wait;
    }

    long waitNumber() {
        return waitNumber;
    }

    long waitsAt() {
        return waitsAt;
    }

    /**
     * @param number greater than those of all earlier waits
     * @param returnsTo linear address at which its system call returns
     */
    void waitFor(Wait newWait, long number, long returnsTo) {
        waitNumber = number;
        waitsAt = returnsTo;
        wait = Optional.of(newWait);
    }

    /** The wait is over, the call has its result. */
    void wake() {
        wait = Optional.empty();
    }

    /** A signal ends the wait for now. */
    void interrupt() {
        interrupted = wait;
        wait = Optional.empty();
    }

    /** Takes what a signal has interrupted and nobody has decided about. */
    Optional<Wait> takeInterrupted() {
        Optional<Wait> taken = interrupted;
        interrupted = Optional.empty();
        return taken;
    }
}
