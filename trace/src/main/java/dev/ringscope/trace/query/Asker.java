package dev.ringscope.trace.query;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Who waits for an answer. */
@FunctionalInterface
public interface Asker {
    /** One that never gives up. */
    Asker PATIENT = () -> {};

    /** Between two looks while another thread works. */
    long LOOK_MILLISECONDS = 10;

    /**
     * Asked every few milliseconds of work.
     *
     * @throws java.util.concurrent.CancellationException if nobody waits for the answer any more
     */
    void check();

    /**
     * Waits for what another thread makes, which goes on with it if nobody waits any more.
     *
     * @throws IOException that of the other thread; so are all other exceptions
     * @throws CancellationException if nobody waits for the answer any more
     */
    default <T> T await(Future<T> made) throws IOException {
        try {
            while (true) {
                check();
                try {
                    return made.get(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    continue; // it is not there yet
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
