package dev.ringscope.cli;

/** What is known of the terminal. */
final class Terminal {
    /** Goes to the line's beginning and empties it. */
    static final String NEW_LINE = "\r\033[K";

    private Terminal() {}

    /** The launcher knows; Java does not. */
    static boolean isStandardError() {
        return "1".equals(System.getenv("RINGSCOPE_STDERR_IS_TERMINAL"));
    }
}
