package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;

/** One way to start a guest. */
public interface Loader {
    /**
     * Puts the guest into the memory of a machine that was just made.
     *
     * @return how the processor starts
     * @throws BadImage if a file is malformed or does not fit
     */
    EntryState load(PhysicalMemory memory);
}
