package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.boot.MemoryMap.Range;
import dev.ringscope.emulator.memory.PhysicalMemory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Starts a Linux bzImage through its 32-bit entry (Linux Documentation/arch/x86/boot.rst, "32-bit Boot Protocol";
 * offsets are those of its "The Real-Mode Kernel Header"). The setup code is not run: what it would ask the BIOS for is
 * written into {@code boot_params}. Protocol 2.06 or later, kernels that are loaded high.
 *
 * @param acpi whether the machine has the devices that {@link AcpiTables} describe
 */
public record LinuxLoader(Image kernel, Optional<Image> initrd, String commandLine, boolean acpi) implements Loader {
    private static final int SETUP_SECTS = 0x1f1, BOOT_FLAG = 0x1fe, JUMP = 0x200, MAGIC = 0x202, VERSION = 0x206;
    private static final int TYPE_OF_LOADER = 0x210, LOADFLAGS = 0x211, CODE32_START = 0x214;
    private static final int RAMDISK_IMAGE = 0x218, RAMDISK_SIZE = 0x21c, CMD_LINE_PTR = 0x228, INITRD_ADDR_MAX = 0x22c;
    private static final int KERNEL_ALIGNMENT = 0x230, RELOCATABLE = 0x234, CMDLINE_SIZE = 0x238;
    private static final int PREF_ADDRESS = 0x258, INIT_SIZE = 0x260;

    private static final int LOADED_HIGH = 1;
    private static final long PAGE = 0x1000;

    private static final long BOOT_PARAMS = 0x90000;
    private static final long GDT = 0x91000;
    private static final long COMMAND_LINE = 0x92000;
    private static final long COMMAND_LINE_END = MemoryMap.LOW_END;

    @Override
    public EntryState load(PhysicalMemory memory) {
        checkHeader();
        int setupSize = (setupSectors() + 1) * 512;
        kernel.need(setupSize, 1, "the protected-mode kernel behind the setup code");
        int size = kernel.size() - setupSize;
        long extent = Math.max(size, version() >= 0x20a ? kernel.u32(INIT_SIZE) : 0);
        long start = place(extent, memory.ramSize());
        memory.load(start, kernel.bytes(), setupSize, size);

        byte[] params = new byte[(int) PAGE];
        int headerEnd = JUMP + 2 + kernel.u8(JUMP + 1);
        kernel.expect(
                headerEnd <= 0x290,
                JUMP + 1,
                "expected a header that ends at 0x290 or before, it ends at 0x%x",
                headerEnd);
        kernel.need(0, headerEnd, "the whole setup header");
        System.arraycopy(kernel.bytes(), SETUP_SECTS, params, SETUP_SECTS, headerEnd - SETUP_SECTS);
        BootParams boot = new BootParams(params);
        boot.screen();
        boot.memoryMap(MemoryMap.of(memory.ramSize()));
        boot.u8(TYPE_OF_LOADER, 0xff);
        boot.u32(CODE32_START, start);
        boot.u32(CMD_LINE_PTR, COMMAND_LINE);
        if (initrd.isPresent()) {
            boot.u32(RAMDISK_IMAGE, loadInitrd(memory, initrd.get(), start + extent));
            boot.u32(RAMDISK_SIZE, initrd.get().size());
        }
        if (acpi) {
            boot.acpiRoot(AcpiTables.load(memory));
        }
        memory.load(BOOT_PARAMS, params, 0, params.length);
        loadCommandLine(memory);
        BiosData.write(memory);
        FlatGdt.write(memory, GDT);
        return EntryState.protected32(GDT, start)
                .with(EntryState.RSI, BOOT_PARAMS)
                .with(EntryState.RSP, BOOT_PARAMS);
    }

    private void checkHeader() {
        kernel.need(0, INIT_SIZE + 4, "a Linux kernel's setup header");
        kernel.expect(
                kernel.u16(BOOT_FLAG) == 0xaa55,
                BOOT_FLAG,
                "expected 0xaa55 (a Linux bzImage), found 0x%x",
                kernel.u16(BOOT_FLAG));
        kernel.expect(
                kernel.u32(MAGIC) == 0x53726448,
                MAGIC,
                "expected \"HdrS\" (a Linux bzImage), found 0x%08x",
                kernel.u32(MAGIC));
        kernel.expect(
                version() >= 0x206,
                VERSION,
                "expected boot protocol 2.06 or later, found %d.%02d",
                version() >> 8,
                version() & 0xff);
        kernel.expect(
                (kernel.u8(LOADFLAGS) & LOADED_HIGH) != 0,
                LOADFLAGS,
                "expected a bzImage, found a zImage that loads low");
        long code32 = kernel.u32(CODE32_START);
        kernel.expect(
                code32 >= MemoryMap.HIGH,
                CODE32_START,
                "expected a 32-bit entry at 1 MiB or above, found 0x%x: such an image needs a BIOS, start it from a"
                        + " disk",
                code32);
    }

    private int version() {
        return kernel.u16(VERSION);
    }

    private int setupSectors() {
        int sectors = kernel.u8(SETUP_SECTS);
        return sectors == 0 ? 4 : sectors;
    }

    /** The address where the kernel would like to be, else the lowest that its alignment allows. */
    private long place(long extent, long ramSize) {
        boolean relocatable = version() >= 0x205 && kernel.u8(RELOCATABLE) != 0;
        long preferred = version() >= 0x20a ? kernel.u64(PREF_ADDRESS) : kernel.u32(CODE32_START);
        if (preferred >= MemoryMap.HIGH && preferred <= ramSize - extent) {
            return preferred;
        }
        if (relocatable) {
            long alignment = Math.max(PAGE, kernel.u32(KERNEL_ALIGNMENT));
            long lowest = Math.ceilDiv(MemoryMap.HIGH, alignment) * alignment;
            if (lowest <= ramSize - extent) {
                return lowest;
            }
        }
        throw new BadImage(
                kernel.name(),
                "needs 0x%x bytes of memory at 0x%x, the machine has 0x%x".formatted(extent, preferred, ramSize));
    }

    /** As high as the kernel allows and memory reaches. */
    private long loadInitrd(PhysicalMemory memory, Image image, long kernelEnd) {
        long limit = Math.min(memory.ramSize(), kernel.u32(INITRD_ADDR_MAX) + 1);
        long start = (limit - image.size()) & -PAGE;
        if (start < kernelEnd) {
            throw new BadImage(
                    image.name(),
                    "0x%x bytes do not fit between the kernel's end at 0x%x and 0x%x: give the machine more memory"
                            .formatted(image.size(), kernelEnd, limit));
        }
        memory.load(start, image.bytes(), 0, image.size());
        return start;
    }

    private void loadCommandLine(PhysicalMemory memory) {
        byte[] text = (commandLine + "\0").getBytes(StandardCharsets.UTF_8);
        long room = Math.min(kernel.u32(CMDLINE_SIZE) + 1, COMMAND_LINE_END - COMMAND_LINE);
        if (text.length > room) {
            throw new BadImage(
                    kernel.name(),
                    "takes a command line of at most %d bytes, this one has %d".formatted(room - 1, text.length - 1));
        }
        memory.load(COMMAND_LINE, text, 0, text.length);
    }

    /** The fields of {@code struct boot_params} that a BIOS would have filled (boot.rst, "The zero page"). */
    private record BootParams(byte[] bytes) {
        void u8(int offset, int value) {
            bytes[offset] = (byte) value;
        }

        void u32(int offset, long value) {
            PhysicalMemory.INT.set(bytes, offset, (int) value);
        }

        private void u64(int offset, long value) {
            PhysicalMemory.LONG.set(bytes, offset, value);
        }

        /** {@code screen_info}: VGA text, mode 3, 80x25, characters of 16 lines. */
        void screen() {
            u8(0x06, 3);
            u8(0x07, 80);
            u8(0x0e, 25);
            u8(0x0f, 1);
            u8(0x10, 16);
        }

        void acpiRoot(long address) {
            u64(0x70, address);
        }

        void memoryMap(List<Range> ranges) {
            u8(0x1e8, ranges.size());
            int at = 0x2d0;
            for (Range range : ranges) {
                u64(at, range.start());
                u64(at + 8, range.size());
                u32(at + 16, range.type());
                at += 20;
            }
        }
    }
}
