package dev.ringscope.emulator;

/** A guest that is re-executed asked the world outside something that its recording does not answer. */
public final class UnansweredException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    UnansweredException(String message) {
        super(message);
    }
}
