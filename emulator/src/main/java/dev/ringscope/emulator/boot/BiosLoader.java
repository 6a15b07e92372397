package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.Arrays;

/**
 * Starts firmware at the reset vector: the image ends at 4 GiB (give {@link #rom} to the memory's constructor), and its
 * last 128 KiB are also in RAM below 1 MiB, where a PC without PCI has its BIOS and where SeaBIOS wants to write. Disks
 * need no loader: the firmware reads them.
 */
public record BiosLoader(Image image) implements Loader {
    private static final int GRANULE = 0x10000;
    private static final int LARGEST = 16 << 20;
    private static final int SHADOW = 0x20000;

    /**
     * @throws BadImage unless the image has a size that a ROM can have
     */
    public BiosLoader {
        int size = image.size();
        if (size == 0 || size % GRANULE != 0 || size > LARGEST) {
            throw new BadImage(
                    image.name(),
                    "expected a ROM of 0x%x to 0x%x bytes in steps of 0x%x, found 0x%x bytes"
                            .formatted(GRANULE, LARGEST, GRANULE, size));
        }
    }

    /** What ends at 4 GiB. */
    public byte[] rom() {
        return image.bytes();
    }

    @Override
    public EntryState load(PhysicalMemory memory) {
        if (memory.ramSize() < MemoryMap.HIGH) {
            throw new BadImage(image.name(), "needs 1 MiB of memory, the machine has 0x%x".formatted(memory.ramSize()));
        }
        byte[] shadow = Arrays.copyOfRange(rom(), Math.max(0, rom().length - SHADOW), rom().length);
        memory.load(MemoryMap.HIGH - shadow.length, shadow, 0, shadow.length);
        return EntryState.atResetVector();
    }
}
