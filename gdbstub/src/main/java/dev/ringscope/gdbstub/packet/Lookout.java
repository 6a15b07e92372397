package dev.ringscope.gdbstub.packet;

import dev.ringscope.gdbstub.Interrupt;
import java.util.concurrent.TimeUnit;

/**
 * A thread that reads a connection while the target runs, for nobody else does then.
 *
 * <p>It lets a run go on for {@link #PATIENCE} first: most are single steps, over before it has looked, and to wake a
 * thread costs more than such a step. While runs follow each other it only wakes from time to time; without any it
 * sleeps until the next begins.
 */
final class Lookout {
    /** How long, in milliseconds, a run may last before somebody listens to the client. */
    private static final int PATIENCE = 4;

    private final Connection connection;
    private boolean started;
    private boolean asleep;
    private boolean over;
    private boolean ran;

    Lookout(Connection connection) {
        this.connection = connection;
    }

    /** A run begins: it will be looked at if it takes long. */
    synchronized void runBegins() {
        ran = true;
        if (!started && !over) {
            started = true;
            Thread.ofPlatform().daemon().name("gdb-lookout").start(this::watch);
        } else if (asleep) {
            notifyAll();
        }
    }

    /** The connection is closed. */
    synchronized void leave() {
        over = true;
        notifyAll();
    }

    private void watch() {
        try {
            while (awaitRun()) {
                Interrupt run = connection.running();
                pause();
                if (run != null) {
                    connection.readDuring(run);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the lookout", e);
        }
    }

    /** Waits until something has run since this was asked last, or runs now; false once the connection is closed. */
    private boolean awaitRun() throws InterruptedException {
        boolean runs = connection.running() != null;
        synchronized (this) {
            while (!ran && !runs && !over) {
                asleep = true;
                wait();
                asleep = false;
            }
            ran = false;
            return !over;
        }
    }

    private synchronized void pause() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE);
        for (long left; !over && (left = deadline - System.nanoTime()) > 0; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
