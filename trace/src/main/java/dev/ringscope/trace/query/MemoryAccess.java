package dev.ringscope.trace.query;

/**
 * An access to memory.
 *
 * @param position instructions that had retired before the one that was being executed
 * @param address of its first byte, linear or physical as it was asked for
 * @param size bytes: 1, 2, 4 or 8; for code the instruction's length. In a question for physical addresses an access
 *     that crosses a page is told as two
 * @param value of data, as read or written, zero-extended; 0 for code
 */
public record MemoryAccess(long position, Touch.Kind kind, long address, int size, long value, By by) {
    /** Who accesses memory. */
    public enum By {
        /** An instruction, or the processor on its own when it reads descriptors and delivers interrupts. */
        PROCESSOR,
        /** A page walk that sets accessed and dirty bits; known by physical address only. */
        PAGE_WALK,
        /**
         * A debugger, or the host that answers a program's system call; known by physical address only. Its data is
         * told in pieces of at most eight bytes.
         */
        OUTSIDE
    }
}
