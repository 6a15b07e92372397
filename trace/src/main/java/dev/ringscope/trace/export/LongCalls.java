package dev.ringscope.trace.export;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Leaves out the slices that are too short to be seen, so that a picture's size has a bound for each level of calls:
 * what they hold is still within the slice around them.
 */
final class LongCalls<T> {
    /** Takes what is left. */
    interface Sink<T> {
        void begin(T call, long time) throws IOException;

        void end(long time) throws IOException;
    }

    private static final int FINEST = 1 << 18;

    private final long shortest;
    private final Sink<T> sink;
    /** Open and not handed on, the lowest first; those below them are. */
    private final Deque<Pending<T>> pending = new ArrayDeque<>();

    private record Pending<T>(T call, long time) {}

    /** @param length of the whole picture, in nanoseconds */
    LongCalls(long length, Sink<T> sink) {
        this.sink = sink;
        shortest = shortest(length);
    }

    /** Slices of fewer nanoseconds are left out; 0 or 1: none. */
    static long shortest(long length) {
        return length / FINEST;
    }

    void enter(T call, long time) {
        pending.addLast(new Pending<>(call, time));
    }

    void leave(long time) throws IOException {
        if (pending.isEmpty()) {
            sink.end(time);
        } else if (time - pending.getLast().time < shortest) {
            pending.removeLast();
        } else {
            while (!pending.isEmpty()) {
                Pending<T> call = pending.removeFirst();
                sink.begin(call.call, call.time);
            }
            sink.end(time);
        }
    }
}
