package dev.ringscope.emulator.x86;

/**
 * Told of every data access to a page that is marked {@link dev.ringscope.emulator.memory.PhysicalMemory#WATCHED} or of
 * which {@link #watches} says so, after it was made.
 */
public interface DataWatch {
    /** Watches nothing. */
    DataWatch NONE = new DataWatch() {
        @Override
        public void accessed(long linear, long physical, int size, boolean write, long value) {}
    };

    /**
     * An access within one page.
     *
     * @param value the bytes read or written, zero-extended
     */
    void accessed(long linear, long physical, int size, boolean write, long value);

    /**
     * An access that crosses from one page into another, of which at least one is watched; unless somebody wants to
     * know better, it is told as two.
     *
     * @param low physical address of its first byte
     * @param second linear address of the second page
     * @param high physical address of the second page
     */
    default void crossed(long linear, long low, long second, long high, int size, boolean write, long value) {
        int head = (int) (4096 - (linear & 4095));
        accessed(linear, low, head, write, value & (1L << 8 * head) - 1);
        accessed(second, high, size - head, write, value >>> 8 * head);
    }

    /** Somebody else than the processor has written to RAM, watched or not. */
    default void outside(long physical, byte[] data) {}

    /** Accesses to that linear page are to be told. Whoever changes the answer flushes the TLBs. */
    default boolean watches(long linearPage) {
        return false;
    }

    /** Accesses to what is no memory, through whatever linear page, are to be told. */
    default boolean watchesDevices() {
        return false;
    }
}
