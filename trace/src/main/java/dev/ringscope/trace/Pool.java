package dev.ringscope.trace;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;

/**
 * What goes from the guest's thread to the encoder's and back to be used again: made when it is needed, up to a bound.
 * So an encoder that keeps up works on little memory, and one that is held up for a moment holds nobody up.
 */
final class Pool<T> {
    private final BlockingQueue<T> free;
    private final Supplier<T> make;
    private int unmade;

    Pool(int most, Supplier<T> make) {
        free = new ArrayBlockingQueue<>(most);
        this.make = make;
        unmade = most;
    }

    /** One that is free; null if the other thread has them all. */
    T poll() {
        T item = free.poll();
        if (item == null && unmade > 0) {
            unmade--;
            item = make.get();
        }
        return item;
    }

    /** Waits until the other thread gives one back. */
    T take() throws InterruptedException {
        return free.take();
    }

    /** Gives one back. */
    void give(T item) {
        free.add(item);
    }
}
