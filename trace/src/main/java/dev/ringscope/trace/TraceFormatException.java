package dev.ringscope.trace;

import java.util.regex.Pattern;

/**
 * A file is no trace, or violates the format. The message always says which file, at which byte, and what was expected
 * there.
 */
public final class TraceFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

    private final String file;
    private final long offset;
    private final String expected;

    /**
     * @param offset in the file, from 0: of the packet, or the byte within it where that is known
     * @param expected what should be there, and what is
     */
    public TraceFormatException(String file, long offset, String expected) {
        super("%s: offset %d: expected %s".formatted(file, offset, printable(expected)));
        this.file = file;
        this.offset = offset;
        this.expected = printable(expected);
    }

    /** What a file says about itself may be quoted, but never steers a terminal or makes a second line. */
    static String printable(String text) {
        return CONTROL.matcher(text).replaceAll("?");
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
