package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * Puts a binary at an address below 1 MiB and starts it there in real mode, as a boot sector is started: CS is the
 * address's 64 KiB segment (0x7c00 is entered as 0000:7c00, 0x12345 as 1000:2345), DS, ES, FS, GS and SS are equal to
 * CS, SP is 0xfffe, DL is 0x80. There is no BIOS: the interrupt table at 0 is empty.
 *
 * @param address physical
 */
public record FlatLoader(Image image, long address) implements Loader {
    private static final int FIRST_DISK = 0x80;

    @Override
    public EntryState load(PhysicalMemory memory) {
        if (address < 0 || address >= MemoryMap.HIGH) {
            throw new BadImage(image.name(), "real mode can start below 0x100000, not at 0x%x".formatted(address));
        }
        if (image.size() == 0 || address + image.size() > memory.ramSize()) {
            throw new BadImage(
                    image.name(),
                    "expected 1 to 0x%x bytes at 0x%x, found 0x%x"
                            .formatted(memory.ramSize() - address, address, image.size()));
        }
        memory.load(address, image.bytes(), 0, image.size());
        BiosData.write(memory);
        int segment = (int) (address >> 16 << 12);
        return EntryState.real(segment, segment, address & 0xffff)
                .with(EntryState.RSP, 0xfffe)
                .with(EntryState.RDX, FIRST_DISK);
    }
}
