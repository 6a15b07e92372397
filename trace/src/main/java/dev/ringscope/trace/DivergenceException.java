package dev.ringscope.trace;

/**
 * Re-execution does not do what the recording says: the trace is of another version of the emulator, or there is a
 * defect.
 */
public final class DivergenceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long position;

    /**
     * @param file the recording's name
     * @param how what differs, as a clause
     */
    public DivergenceException(String file, long position, String how) {
        super("%s: re-execution diverges from the recording at position %d: %s"
                .formatted(file, position, TraceFormatException.printable(how)));
        this.position = position;
    }

    /** Where it was noticed. */
    public long position() {
        return position;
    }
}
