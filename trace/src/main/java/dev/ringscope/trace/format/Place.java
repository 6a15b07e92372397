package dev.ringscope.trace.format;

import dev.ringscope.trace.TraceFormatException;

/**
 * Where bytes come from, for messages about what is wrong with them.
 *
 * @param file the trace's name
 * @param offset of the packet in the file
 * @param what the part of the packet: "chunk 12, flow section"; "" for the packet itself
 */
public record Place(String file, long offset, String what) {
    /** The same packet, a part of it. */
    public Place in(String part) {
        return new Place(file, offset, what.isEmpty() ? part : what + ", " + part);
    }

    public TraceFormatException expected(String expected) {
        return new TraceFormatException(file, offset, what.isEmpty() ? expected : expected + " (" + what + ")");
    }

    /** Throws unless the condition holds. */
    public void verify(boolean condition, String expected, long found) {
        if (!condition) {
            throw expected("%s, found %d".formatted(expected, found));
        }
    }
}
