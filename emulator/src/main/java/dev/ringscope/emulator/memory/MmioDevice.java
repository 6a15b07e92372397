package dev.ringscope.emulator.memory;

/**
 * What answers at physical addresses outside RAM. {@code offset} counts from the region's start, size is 1, 2, 4 or 8.
 */
public interface MmioDevice {
    long readMemory(long offset, int size);

    void writeMemory(long offset, int size, long value);
}
