package dev.ringscope.cli.symbols;

import dev.ringscope.emulator.boot.BadImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The ELF file vmlinux, as it is or inside a bzImage (Documentation/arch/x86/boot.rst, payload_offset), with the
 * sections that are part of the running kernel.
 */
final class KernelImage {
    private static final int ELF = 0x464c457f, GZIP = 0x88b1f;
    private static final int SETUP_SECTS = 0x1f1, MAGIC = 0x202, PAYLOAD_OFFSET = 0x248, PAYLOAD_LENGTH = 0x24c;
    private static final int HDRS = 0x53726448;
    private static final int SHT_NOBITS = 8, SHF_ALLOC = 2;
    private static final int LARGEST = 512 << 20;

    /**
     * @param offset in the ELF file
     * @param empty holds nothing in the file (SHT_NOBITS)
     */
    record Section(String name, long address, int offset, long size, long flags, boolean empty) {
        boolean contains(long linear) {
            return linear - address >= 0 && linear - address < size;
        }
    }

    final String file;
    final ByteBuffer bytes;
    private final List<Section> sections = new ArrayList<>();

    /**
     * @throws BadImage if it is neither an x86-64 ELF file nor a bzImage with one, packed by LZ4 or gzip or not at all
     */
    KernelImage(String file, byte[] image) {
        this.file = file;
        bytes = little(elf(little(image)));
        readSections();
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void expect(boolean condition, long offset, String what) {
        if (!condition) {
            throw new BadImage(file, offset, "expected " + what);
        }
    }

    private byte[] elf(ByteBuffer image) {
        if (image.limit() > 4 && image.getInt(0) == ELF) {
            return image.array();
        }
        expect(image.limit() > 0x260 && image.getInt(MAGIC) == HDRS, MAGIC, "a bzImage or an ELF file");
        int sectors = image.get(SETUP_SECTS) == 0 ? 4 : image.get(SETUP_SECTS) & 0xff;
        long start = (sectors + 1) * 512L + (image.getInt(PAYLOAD_OFFSET) & 0xffff_ffffL);
        long end = start + (image.getInt(PAYLOAD_LENGTH) & 0xffff_ffffL);
        expect(end <= image.limit() && end - start > 8, PAYLOAD_OFFSET, "a payload inside the file");
        return unpacked(image, (int) start, (int) end);
    }

    private byte[] unpacked(ByteBuffer image, int start, int end) {
        int magic = image.getInt(start);
        if (magic == ELF) {
            byte[] plain = new byte[end - start];
            image.get(start, plain);
            return plain;
        }
        if (magic == Lz4.MAGIC) {
            return Lz4.decompress(file, image, start, end);
        }
        expect(
                (magic & 0xff_ffff) == GZIP,
                start,
                "a payload packed by LZ4 or gzip (unpack others, and give the vmlinux), found 0x%08x".formatted(magic));
        try (var in = new GZIPInputStream(new ByteArrayInputStream(image.array(), start, end - start))) {
            return in.readNBytes(LARGEST);
        } catch (IOException e) {
            throw new BadImage(file, start, "expected gzip data: " + e.getMessage());
        }
    }

    private void readSections() {
        expect(bytes.getInt(0) == ELF && bytes.get(4) == 2, 0, "a 64-bit ELF file in the payload");
        int count = bytes.getShort(60) & 0xffff;
        int names = header(bytes.getShort(62) & 0xffff) + 24;
        for (int i = 0; i < count; i++) {
            int h = header(i);
            if ((bytes.getLong(h + 8) & SHF_ALLOC) != 0) {
                sections.add(new Section(
                        string(Math.toIntExact(bytes.getLong(names)) + bytes.getInt(h)),
                        bytes.getLong(h + 16),
                        Math.toIntExact(bytes.getLong(h + 24)),
                        bytes.getLong(h + 32),
                        bytes.getLong(h + 8),
                        bytes.getInt(h + 4) == SHT_NOBITS));
            }
        }
        expect(!sections.isEmpty(), 40, "section headers");
    }

    private int header(int number) {
        return Math.toIntExact(bytes.getLong(40)) + number * (bytes.getShort(58) & 0xffff);
    }

    private String string(int offset) {
        int end = offset;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), offset, end - offset, StandardCharsets.US_ASCII);
    }

    /** Those that are part of the running kernel, in the file's order. */
    List<Section> sections() {
        return sections;
    }

    Optional<Section> section(String name) {
        return sections.stream().filter(s -> s.name.equals(name)).findFirst();
    }
}
