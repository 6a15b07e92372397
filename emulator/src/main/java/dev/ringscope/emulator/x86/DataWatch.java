package dev.ringscope.emulator.x86;

/** Told of every data access to a page marked {@link dev.ringscope.emulator.memory.PhysicalMemory#WATCHED}, after it was made. */
public interface DataWatch {
    /** Watches nothing. */
    DataWatch NONE = (linear, physical, size, write, value) -> {};

    /**
     * An access within one page; one that crosses a page is told as two.
     *
     * @param value the bytes read or written, zero-extended
     */
    void accessed(long linear, long physical, int size, boolean write, long value);
}
