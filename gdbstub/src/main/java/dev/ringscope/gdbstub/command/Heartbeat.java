package dev.ringscope.gdbstub.command;

import java.util.concurrent.TimeUnit;

/**
 * Lets a client know that an answer is still to come: gdb gives a stub two seconds for each packet ({@code set
 * remotetimeout}), and then complains of a packet error. Where it takes {@code O} packets, one without text counts.
 */
final class Heartbeat implements AutoCloseable {
    /** Milliseconds between two. */
    static final int INTERVAL = 800;

    private final Runnable beat;
    private final long interval;
    private boolean over;

    /**
     * Begins at once.
     *
     * @param beat runs on a thread of its own, and no more once {@link #close} has returned
     * @param interval milliseconds before the first and between two
     */
    Heartbeat(Runnable beat, long interval) {
        this.beat = beat;
        this.interval = interval;
        Thread.ofPlatform().daemon().name("gdb-heartbeat").start(this::beatUntilClosed);
    }

    private synchronized void beatUntilClosed() {
        try {
            while (!over) {
                pause();
                if (!over) {
                    beat.run();
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the heartbeat", e);
        }
    }

    private void pause() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(interval);
        for (long left; !over && (left = deadline - System.nanoTime()) > 0; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    @Override
    public synchronized void close() {
        over = true;
        notifyAll();
    }
}
