package dev.ringscope.trace.query;

/**
 * An access to memory that is looked for.
 *
 * @param address of the first byte; a linear one counts with its bits 0 to 47
 * @param size bytes, at least 1
 */
public record Touch(Kind kind, Space space, long address, long size) {
    /** How memory is accessed. */
    public enum Kind {
        WRITE,
        READ,
        /** An instruction begins in the range and retires or, at linear addresses, raises an exception. */
        EXECUTE
    }

    /** What an address counts in. */
    public enum Space {
        /** Instructions, and the processor on its own. */
        LINEAR,
        /** And for writes: whoever else writes to memory. */
        PHYSICAL
    }

    public Touch {
        if (size < 1) {
            throw new IllegalArgumentException("an access of at least one byte, not " + size);
        }
    }
}
