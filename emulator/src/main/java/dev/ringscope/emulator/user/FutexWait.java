package dev.ringscope.emulator.user;

import java.util.OptionalLong;

/** A thread that waits on a futex (futex(2)) until another wakes it. */
final class FutexWait implements Wait {
    private final long until;
    private final int bits;
    private long address;
    private boolean woken;

    FutexWait(long address, int bits, long until) {
        this.address = address;
        this.bits = bits;
        this.until = until;
    }

    /** Whether a wake of that futex with these bits is for it. */
    boolean isFor(long futex, int wanted) {
        return !woken && address == futex && (bits & wanted) != 0;
    }

    void wake() {
        woken = true;
    }

    /** Waits on another futex from now on. */
    void requeue(long to) {
        address = to;
    }

    @Override
    public long until() {
        return until;
    }

    @Override
    public OptionalLong ready() {
        return woken ? OptionalLong.of(0) : OptionalLong.empty();
    }

    @Override
    public long expired() {
        throw new Errno(Errno.ETIMEDOUT);
    }

    @Override
    public boolean restarts() {
        return until == Long.MAX_VALUE;
    }
}
