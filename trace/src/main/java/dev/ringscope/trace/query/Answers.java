package dev.ringscope.trace.query;

import java.io.IOException;

/** Takes the answers to a question one by one, in order, on the thread that asked. */
@FunctionalInterface
public interface Answers<T> extends Asker {
    /** @return whether more are wanted */
    boolean take(T answer) throws IOException;

    @Override
    default void check() {}
}
