package dev.ringscope.emulator.boot;

/**
 * An x86 ELF executable that is loaded by its program headers to physical addresses (System V ABI, "Program Loading"):
 * 32-bit i386 or 64-bit x86-64, little-endian.
 */
record ElfImage(Image image) {
    private static final long MAGIC = 0x464c457fL;
    private static final int EM_386 = 3, EM_X86_64 = 62;
    private static final int ET_EXEC = 2;
    private static final int PT_LOAD = 1;

    /** Loads the segments; gives the physical address of the entry point, wherever it was linked. */
    long load(GuestLayout layout) {
        check();
        boolean wide = image.u8(4) == 2;
        long entry = wide ? image.u64(24) : image.u32(24);
        long table = wide ? image.u64(32) : image.u32(28);
        int entrySize = image.u16(wide ? 54 : 42);
        int count = image.u16(wide ? 56 : 44);
        image.expect(
                entrySize >= (wide ? 56 : 32), wide ? 54 : 42, "program headers of %d bytes are too short", entrySize);
        long physicalEntry = entry;
        boolean loaded = false;
        for (int i = 0; i < count; i++) {
            Segment segment = segment(table + (long) i * entrySize, wide);
            if (segment.type == PT_LOAD && segment.inMemory != 0) {
                segment.place(layout, image);
                loaded = true;
                if (entry >= segment.virtual && entry - segment.virtual < segment.inMemory) {
                    physicalEntry = entry - segment.virtual + segment.physical;
                }
            }
        }
        image.expect(loaded, table, "expected a segment to load among %d program headers", count);
        return physicalEntry;
    }

    private void check() {
        image.need(0, 52, "an ELF header");
        image.expect(image.u32(0) == MAGIC, 0, "expected an ELF file, found 0x%08x", image.u32(0));
        int type = image.u8(4);
        int machine = image.u16(18);
        image.expect(
                type == 1 && machine == EM_386 || type == 2 && machine == EM_X86_64,
                18,
                "expected an ELF file for i386 or x86-64, found class %d, machine %d",
                type,
                machine);
        image.expect(image.u8(5) == 1, 5, "expected little-endian ELF, found encoding %d", image.u8(5));
        image.expect(image.u16(16) == ET_EXEC, 16, "expected an executable (type 2), found type %d", image.u16(16));
    }

    private Segment segment(long at, boolean wide) {
        image.need(at, wide ? 56 : 32, "a program header");
        int type = (int) image.u32(at);
        return wide
                ? new Segment(
                        at,
                        type,
                        image.u64(at + 8),
                        image.u64(at + 16),
                        image.u64(at + 24),
                        image.u64(at + 32),
                        image.u64(at + 40))
                : new Segment(
                        at,
                        type,
                        image.u32(at + 4),
                        image.u32(at + 8),
                        image.u32(at + 12),
                        image.u32(at + 16),
                        image.u32(at + 20));
    }

    private record Segment(long at, int type, long offset, long virtual, long physical, long inFile, long inMemory) {
        void place(GuestLayout layout, Image image) {
            image.expect(
                    Long.compareUnsigned(inFile, inMemory) <= 0,
                    at,
                    "a segment of 0x%x bytes in the file and 0x%x in memory",
                    inFile,
                    inMemory);
            layout.place(image, offset, inFile, physical, inMemory);
        }
    }
}
