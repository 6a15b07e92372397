package dev.ringscope.trace;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;

/**
 * The second half of the encoder's work, where there is enough for two threads: what takes long and needs nothing that
 * is gathered meanwhile, then writing. Steps are done in the order in which they came, as many as are there, and the
 * encoder waits when it is too far ahead. After a failure no more are; the encoder learns of it with its next call.
 */
final class WriterThread implements Closeable {
    /** How far behind it can be: the accesses of a chunk take some 10 MB, and those of the fullest 44. */
    private static final int BEHIND = 3;

    /** Something to be done on this thread. */
    interface Step {
        void run() throws IOException;
    }

    private final BlockingQueue<Step> steps = new ArrayBlockingQueue<>(BEHIND);
    private final Thread thread;
    private volatile Throwable failure;
    private boolean running = true;

    WriterThread() {
        thread = Thread.ofPlatform().name("trace-writer").daemon().start(this::work);
    }

    /** Hands over; waits while there is much to do. */
    void put(Step step) throws IOException {
        check();
        add(() -> {
            if (failure == null) {
                step.run();
            }
        });
    }

    /** Waits until everything has been done. */
    void settle() throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        add(done::countDown);
        EncoderThread.uninterruptibly(() -> {
            done.await();
            return null;
        });
        check();
    }

    private void add(Step step) {
        EncoderThread.uninterruptibly(() -> {
            steps.put(step);
            return null;
        });
    }

    private void work() {
        while (running) {
            Step step = EncoderThread.uninterruptibly(steps::take);
            try {
                step.run();
            } catch (Throwable e) { // whatever it is, the encoder's thread must hear of it rather than wait
                failure = e;
            }
        }
    }

    private void check() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException io -> throw io;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    /** Ends the thread, when everything has been done; who wants to know what failed asks {@link #settle} before. */
    @Override
    public void close() {
        add(() -> running = false);
        EncoderThread.uninterruptibly(() -> {
            thread.join();
            return null;
        });
    }
}
