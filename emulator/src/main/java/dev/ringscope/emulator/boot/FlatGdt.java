package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * The descriptor table that boot protocols promise: 32-bit code 0x10 and data 0x18, base 0, limit 4 GiB (Intel SDM vol.
 * 3A, 3.4.5).
 */
final class FlatGdt {
    static final int CODE = 0x10;
    static final int DATA = 0x18;
    static final int SIZE = 0x20;

    private static final long CODE_DESCRIPTOR = 0x00cf_9b00_0000_ffffL;
    private static final long DATA_DESCRIPTOR = 0x00cf_9300_0000_ffffL;

    private FlatGdt() {}

    static void write(PhysicalMemory memory, long address) {
        memory.write(address + CODE, 8, CODE_DESCRIPTOR);
        memory.write(address + DATA, 8, DATA_DESCRIPTOR);
    }
}
