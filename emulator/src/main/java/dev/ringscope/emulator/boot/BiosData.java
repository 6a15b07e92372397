package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * The BIOS data area at 0x400 that a kernel may read though no BIOS ran: serial ports, equipment, the end of
 * conventional memory, the video mode (IBM PS/2 and PC BIOS Interface Technical Reference, section 3).
 */
final class BiosData {
    private BiosData() {}

    static void write(PhysicalMemory memory) {
        memory.write(0x400, 2, 0x3f8);
        memory.write(0x402, 2, 0x2f8);
        memory.write(0x40e, 2, MemoryMap.LOW_END >> 4);
        memory.write(0x410, 2, 2 << 9 | 2 << 4 | 4 | 2); // two serial ports, 80x25 colour, PS/2 mouse, coprocessor
        memory.write(0x413, 2, MemoryMap.LOW_END >> 10);
        memory.write(0x449, 1, 3);
        memory.write(0x44a, 2, 80);
        memory.write(0x44c, 2, 0x1000);
        memory.write(0x463, 2, 0x3d4);
        memory.write(0x484, 1, 24);
        memory.write(0x485, 2, 16);
    }
}
