package dev.ringscope.trace.query;

import java.util.concurrent.atomic.AtomicLong;

/** Memory for what has been found before it is its turn, shared by all questions of the process. */
final class Ahead {
    /** Of the heap. */
    private static final int SHARE = 12;

    private static final Ahead OF_THIS_PROCESS = new Ahead(Runtime.getRuntime().maxMemory() / SHARE);

    private final AtomicLong free;

    Ahead(long bytes) {
        free = new AtomicLong(bytes);
    }

    static Ahead ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /** @return whether there were so many bytes */
    boolean reserve(long bytes) {
        long now = free.get();
        while (now >= bytes) {
            if (free.compareAndSet(now, now - bytes)) {
                return true;
            }
            now = free.get();
        }
        return false;
    }

    void release(long bytes) {
        free.addAndGet(bytes);
    }
}
