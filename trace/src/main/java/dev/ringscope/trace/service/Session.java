package dev.ringscope.trace.service;

import dev.ringscope.trace.query.Asker;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands at a position of a trace. It holds no machine and keeps no file open: who looks at it borrows one, most often
 * the one used last, which stands near.
 */
final class Session {
    private static final long LOOK_MILLISECONDS = 20;

    private final String name;
    private final long number;
    private final String trace;
    private final TraceDigest digest;
    private final ReentrantLock moving = new ReentrantLock(true);
    private volatile long position;
    private volatile long used = System.nanoTime();

    /**
     * @param number in the order in which they were made
     * @param trace its name
     */
    Session(String name, long number, String trace, TraceDigest digest, long position) {
        this.name = name;
        this.number = number;
        this.trace = trace;
        this.digest = digest;
        this.position = position;
    }

    String name() {
        return name;
    }

    long number() {
        return number;
    }

    String trace() {
        return trace;
    }

    long position() {
        return position;
    }

    void setPosition(long newPosition) {
        position = newPosition;
    }

    /** @throws Refusal if the trace is not the one that it was made for */
    void verify(OpenTrace open) {
        if (!open.digest().equals(digest)) {
            throw Refusal.changed(trace);
        }
    }

    void touch() {
        used = System.nanoTime();
    }

    /** Somebody is moving or looking at it now: it does not expire. */
    boolean busy() {
        return moving.isLocked();
    }

    long idleNanos() {
        return System.nanoTime() - used;
    }

    /** Waits until nobody else moves it. */
    void acquire(Asker asker) {
        try {
            do {
                asker.check();
            } while (!moving.tryLock(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    void release() {
        touch();
        moving.unlock();
    }
}
