package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.Arrays;
import java.util.Optional;

/**
 * Starts firmware at the reset vector: the image ends at 4 GiB (give {@link #rom} to the memory's constructor), and its
 * last 128 KiB are also in RAM below 1 MiB, where a PC without PCI has its BIOS and where SeaBIOS wants to write. Disks
 * need no loader: the firmware reads them.
 *
 * @param videoBios an option ROM for the VGA, put below the image in the ROM: SeaBIOS takes it from there through
 *     fw_cfg, as file {@code vgaroms/NAME} with the bytes at {@link #videoBiosAddress}
 */
public record BiosLoader(Image image, Optional<Image> videoBios) implements Loader {
    private static final int PAGE = 0x1000;
    private static final int LARGEST = 16 << 20;
    private static final int SHADOW = 0x20000;

    /** @throws BadImage unless the image has a size that a ROM can have, and the option ROM its signature */
    public BiosLoader {
        int size = image.size();
        if (size == 0 || size % PAGE != 0 || size > LARGEST) {
            throw new BadImage(
                    image.name(),
                    "expected a ROM of 0x%x to 0x%x bytes in steps of 0x%x, found 0x%x bytes"
                            .formatted(PAGE, LARGEST, PAGE, size));
        }
        videoBios.ifPresent(BiosLoader::checkOptionRom);
    }

    public BiosLoader(Image image) {
        this(image, Optional.empty());
    }

    /** Plug and Play BIOS specification 1.0a, 3.2: 55 AA, then the size in units of 512 bytes. */
    private static void checkOptionRom(Image rom) {
        rom.expect(rom.u16(0) == 0xaa55, 0, "expected an option ROM (0xaa55), found 0x%04x", rom.u16(0));
        rom.need(0, rom.u8(2) * 512L, "0x%x bytes of option ROM".formatted(rom.u8(2) * 512));
    }

    /** What ends at 4 GiB. */
    public byte[] rom() {
        byte[] rom = new byte[videoBiosRoom() + image.size()];
        videoBios.ifPresent(video -> System.arraycopy(video.bytes(), 0, rom, 0, video.size()));
        System.arraycopy(image.bytes(), 0, rom, videoBiosRoom(), image.size());
        return rom;
    }

    private int videoBiosRoom() {
        return Math.ceilDiv(videoBiosSize(), PAGE) * PAGE;
    }

    /** Physical address of the option ROM's first byte. */
    public long videoBiosAddress() {
        return (1L << 32) - image.size() - videoBiosRoom();
    }

    /** Bytes of the option ROM, 0 without one. */
    public int videoBiosSize() {
        return videoBios.map(Image::size).orElse(0);
    }

    @Override
    public EntryState load(PhysicalMemory memory) {
        if (memory.ramSize() < MemoryMap.HIGH) {
            throw new BadImage(image.name(), "needs 1 MiB of memory, the machine has 0x%x".formatted(memory.ramSize()));
        }
        byte[] shadow = Arrays.copyOfRange(image.bytes(), Math.max(0, image.size() - SHADOW), image.size());
        memory.load(MemoryMap.HIGH - shadow.length, shadow, 0, shadow.length);
        return EntryState.atResetVector();
    }
}
