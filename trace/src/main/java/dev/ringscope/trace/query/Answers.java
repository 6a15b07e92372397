package dev.ringscope.trace.query;

import java.io.IOException;

/** Takes the answers to a question one by one, in order, on the thread that asked. */
@FunctionalInterface
public interface Answers<T> extends Asker {
    /** @return whether more are wanted */
    boolean take(T answer) throws IOException;

    @Override
    default void check() {}

    /** The same, for as long as the asker waits. */
    static <T> Answers<T> asked(Asker asker, Answers<T> answers) {
        return new Answers<>() {
            @Override
            public boolean take(T answer) throws IOException {
                return answers.take(answer);
            }

            @Override
            public void check() {
                asker.check();
            }
        };
    }
}
