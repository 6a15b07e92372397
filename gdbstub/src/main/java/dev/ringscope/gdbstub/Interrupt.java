package dev.ringscope.gdbstub;

/**
 * The client's wish that one run end: {@code ^C}, or the client has gone.
 *
 * <p>Every {@link Resume} has its own, so a late wish never reaches the next run. Thread-safe: another thread requests
 * it while the target's thread runs. A target either polls {@link #requested()} or, if it has a flag of its own, clears
 * that flag and then hands its setter to {@link #onRequest}.
 */
public final class Interrupt {
    private volatile boolean requested;
    private Runnable action = () -> {};

    /** Asks the run to end; asking again does nothing. */
    public void request() {
        Runnable told;
        synchronized (this) {
            if (requested) {
                return;
            }
            requested = true;
            told = action;
        }
        told.run();
    }

    /** Whether the run should end as soon as it can. Costs a volatile read. */
    public boolean requested() {
        return requested;
    }

    /**
     * Runs {@code action} once when the wish comes, on the wisher's thread; at once if it has come already. Replaces an
     * earlier one.
     */
    public void onRequest(Runnable newAction) {
        synchronized (this) {
            if (!requested) {
                action = newAction;
                return;
            }
        }
        newAction.run();
    }
}
