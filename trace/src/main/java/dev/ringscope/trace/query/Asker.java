package dev.ringscope.trace.query;

/** Who waits for an answer. */
@FunctionalInterface
public interface Asker {
    /** One that never gives up. */
    Asker PATIENT = () -> {};

    /**
     * Asked every few milliseconds of work.
     *
     * @throws java.util.concurrent.CancellationException if nobody waits for the answer any more
     */
    void check();
}
