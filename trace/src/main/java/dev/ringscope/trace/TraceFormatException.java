package dev.ringscope.trace;

/**
 * A file is no trace, or violates the format. The message always says which file, at which byte, and what was expected
 * there.
 */
public final class TraceFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final long offset;
    private final String expected;

    /**
     * @param offset in the file, from 0: of the packet, or the byte within it where that is known
     * @param expected what should be there, and what is
     */
    public TraceFormatException(String file, long offset, String expected) {
        super("%s: offset %d: expected %s".formatted(file, offset, expected));
        this.file = file;
        this.offset = offset;
        this.expected = expected;
    }

    public String file() {
        return file;
    }

    public long offset() {
        return offset;
    }

    public String expected() {
        return expected;
    }
}
