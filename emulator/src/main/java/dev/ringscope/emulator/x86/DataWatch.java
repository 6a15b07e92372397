package dev.ringscope.emulator.x86;

/**
 * Told of every data access to a page that is marked {@link dev.ringscope.emulator.memory.PhysicalMemory#WATCHED} or of
 * which {@link #watches} says so, after it was made.
 */
public interface DataWatch {
    /** Watches nothing. */
    DataWatch NONE = (linear, physical, size, write, value) -> {};

    /**
     * An access within one page; one that crosses a page is told as two.
     *
     * @param value the bytes read or written, zero-extended
     */
    void accessed(long linear, long physical, int size, boolean write, long value);

    /** Accesses to that linear page are to be told. Whoever changes the answer flushes the TLBs. */
    default boolean watches(long linearPage) {
        return false;
    }
}
