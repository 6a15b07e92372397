package dev.ringscope.trace.query;

/** What is asked for needs re-execution, which this trace does not allow. */
public final class NotReplayableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotReplayableException(String message) {
        super(message);
    }
}
