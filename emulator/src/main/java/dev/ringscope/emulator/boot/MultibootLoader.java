package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.List;

/**
 * Starts a kernel by the Multiboot specification 0.6.96: header in the first 8192 bytes, loaded by the header's own
 * addresses (bit 16) or as ELF; EAX 0x2badb002, EBX the information structure ({@link MultibootInformation}). Video
 * modes are not set: a kernel that asks for one gets text.
 *
 * @param commandLine handed on behind the kernel's name, as GRUB does
 */
public record MultibootLoader(Image kernel, List<Module> modules, String commandLine) implements Loader {
    /** @param commandLine the module's name and arguments */
    public record Module(Image image, String commandLine) {}

    private static final long MAGIC = 0x1badb002L;
    private static final int SEARCHED = 8192;
    /**
     * What the header may require: page-aligned modules, memory information, a video mode. Bits 3 to 15 are unknown.
     */
    private static final long KNOWN_REQUIREMENTS = 7;

    private static final int ADDRESSES_VALID = 1 << 16;
    private static final long PAGE = 0x1000;
    private static final int BOOTED = 0x2badb002;

    @Override
    public EntryState load(PhysicalMemory memory) {
        int header = findHeader();
        long flags = kernel.u32(header + 4L);
        long unknown = flags & 0xffff & ~KNOWN_REQUIREMENTS;
        kernel.expect(unknown == 0, header + 4L, "the kernel requires features 0x%x, which no loader has", unknown);
        GuestLayout layout = new GuestLayout(memory, kernel.name());
        long entry =
                (flags & ADDRESSES_VALID) != 0 ? loadByAddresses(layout, header) : new ElfImage(kernel).load(layout);

        MultibootInformation information = new MultibootInformation(memory.ramSize());
        information.commandLine(commandLine);
        for (Module module : modules) {
            long start = (layout.end() + PAGE - 1) & -PAGE;
            layout.place(
                    module.image(),
                    0,
                    module.image().size(),
                    start,
                    module.image().size());
            information.module(start, start + module.image().size(), module.commandLine());
        }
        long gdt = layout.findLow(FlatGdt.SIZE + information.size());
        byte[] built = information.build(gdt + FlatGdt.SIZE);
        FlatGdt.write(memory, gdt);
        memory.load(gdt + FlatGdt.SIZE, built, 0, built.length);
        BiosData.write(memory);
        return EntryState.protected32(gdt, entry)
                .with(EntryState.RAX, BOOTED)
                .with(EntryState.RBX, gdt + FlatGdt.SIZE)
                .with(EntryState.RSP, gdt);
    }

    private int findHeader() {
        int end = Math.min(SEARCHED, kernel.size() & ~3) - 12;
        for (int at = 0; at <= end; at += 4) {
            if (kernel.u32(at) == MAGIC
                    && (kernel.u32(at) + kernel.u32(at + 4L) + kernel.u32(at + 8L) & 0xffff_ffffL) == 0) {
                return at;
            }
        }
        throw kernel.bad(
                0,
                "expected a Multiboot header (0x%08x with its checksum) in the first %d bytes"
                        .formatted(MAGIC, SEARCHED));
    }

    /** Section 3.1.3: header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr. */
    private long loadByAddresses(GuestLayout layout, int header) {
        kernel.need(header, 32, "a Multiboot header with addresses");
        long headerAddress = kernel.u32(header + 12L);
        long loadAddress = kernel.u32(header + 16L);
        long loadEnd = kernel.u32(header + 20L);
        long bssEnd = kernel.u32(header + 24L);
        long offset = header - (headerAddress - loadAddress);
        kernel.expect(
                headerAddress >= loadAddress && offset >= 0,
                header + 12L,
                "expected a header address between 0x%x and 0x%x, found 0x%x",
                loadAddress,
                loadAddress + header,
                headerAddress);
        long inFile = loadEnd == 0 ? kernel.size() - offset : loadEnd - loadAddress;
        kernel.need(offset, inFile, "0x%x bytes to load".formatted(inFile));
        long inMemory = bssEnd == 0 ? inFile : bssEnd - loadAddress;
        kernel.expect(inMemory >= inFile, header + 24L, "expected the end of bss behind the data, found 0x%x", bssEnd);
        layout.place(kernel, offset, inFile, loadAddress, inMemory);
        return kernel.u32(header + 28L);
    }
}
