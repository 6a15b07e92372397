package dev.ringscope.trace.query;

import java.io.IOException;

/** Takes the answers to a question one by one. */
@FunctionalInterface
public interface Answers<T> {
    /** @return whether more are wanted */
    boolean take(T answer) throws IOException;
}
