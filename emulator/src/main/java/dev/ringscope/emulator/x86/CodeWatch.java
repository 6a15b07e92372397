package dev.ringscope.emulator.x86;

/** Told when bytes of a page marked {@link dev.ringscope.emulator.memory.PhysicalMemory#CODE} have changed. */
public interface CodeWatch {
    /** Knows of no code. */
    CodeWatch NONE = (physical, size) -> {};

    /** {@code size} bytes at a physical address, within one page, have been written. */
    void written(long physical, int size);
}
