package dev.ringscope.trace.symbols;

import com.github.luben.zstd.ZstdInputStream;
import dev.ringscope.emulator.boot.BadImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * The sections of an ELF file, little-endian, of 32 or 64 bits (System V ABI, ch. 4, "Sections"), with those unpacked
 * that are compressed (SHF_COMPRESSED: zlib, zstd).
 */
final class ElfFile {
    static final int SHT_SYMTAB = 2, SHT_NOBITS = 8, SHT_DYNSYM = 11;
    private static final long SHF_ALLOC = 2, SHF_EXECINSTR = 4, SHF_COMPRESSED = 0x800;
    private static final int ELFCOMPRESS_ZLIB = 1, ELFCOMPRESS_ZSTD = 2;
    /** "ZLIB", and the size in big-endian order. */
    private static final int OLD_MAGIC = 0x5a4c4942, OLD_HEADER = 12;

    private static final int ET_REL = 1;
    private static final int MAGIC = 0x7f454c46;
    private static final int SMALLEST = 52;
    private static final int SHN_XINDEX = 0xffff;
    /** More than any kernel's; a section says itself how long it is when it is unpacked. */
    private static final long LARGEST_UNPACKED = 1 << 29;

    /** A section's header. */
    record Section(int name, int type, long flags, long address, long offset, long size, int link) {
        boolean isExecutable() {
            return (flags & (SHF_ALLOC | SHF_EXECINSTR)) == (SHF_ALLOC | SHF_EXECINSTR);
        }
    }

    private final String file;
    private final ByteBuffer in;
    private final boolean wide;
    private final List<Section> sections = new ArrayList<>();
    private final int names;

    /**
     * @param file as the user named it
     * @throws BadImage if it is no ELF file, or its section headers are cut off
     */
    ElfFile(String file, byte[] bytes) {
        this.file = file;
        in = ByteBuffer.wrap(bytes);
        expect(in.limit() >= SMALLEST && in.getInt(0) == MAGIC, 0, "an ELF file");
        expect(in.get(5) == 1, 5, "a little-endian ELF file");
        in.order(ByteOrder.LITTLE_ENDIAN);
        wide = in.get(4) == 2;
        try {
            names = readSections();
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new BadImage(file, "expected an ELF file with whole section headers, found one that is cut off");
        }
    }

    private void expect(boolean condition, long offset, String what) {
        if (!condition) {
            throw new BadImage(file, offset, "expected " + what);
        }
    }

    /** @return number of the section with their names; numbers that do not fit stand in section 0 */
    private int readSections() {
        long table = wide ? in.getLong(40) : in.getInt(32) & 0xffff_ffffL;
        if (table == 0) {
            return 0;
        }
        int count = in.getShort(wide ? 60 : 48) & 0xffff;
        int strings = in.getShort(wide ? 62 : 50) & 0xffff;
        Section first = section(table, 0);
        long all = count == 0 ? first.size : count;
        for (int i = 0; i < all; i++) {
            sections.add(section(table, i));
        }
        return strings == SHN_XINDEX ? first.link : strings;
    }

    private Section section(long table, int number) {
        int at = Math.toIntExact(table + (long) number * (in.getShort(wide ? 58 : 46) & 0xffff));
        return wide
                ? new Section(
                        in.getInt(at),
                        in.getInt(at + 4),
                        in.getLong(at + 8),
                        in.getLong(at + 16),
                        in.getLong(at + 24),
                        in.getLong(at + 32),
                        in.getInt(at + 40))
                : new Section(
                        in.getInt(at),
                        in.getInt(at + 4),
                        unsigned(at + 8),
                        unsigned(at + 12),
                        unsigned(at + 16),
                        unsigned(at + 20),
                        in.getInt(at + 24));
    }

    private long unsigned(int at) {
        return in.getInt(at) & 0xffff_ffffL;
    }

    boolean isWide() {
        return wide;
    }

    /** An object that was not linked: its addresses mean nothing yet. */
    boolean isRelocatable() {
        return in.getShort(16) == ET_REL;
    }

    List<Section> sections() {
        return sections;
    }

    /** @throws BadImage if there is none of that number */
    Section section(int number) {
        if (number < 0 || number >= sections.size()) {
            throw new BadImage(
                    file, "expected a section below %d, found a reference to %d".formatted(sections.size(), number));
        }
        return sections.get(number);
    }

    /** The bytes of a section, as they are in the file. @throws BadImage if they are not all there */
    ByteBuffer bytes(Section section) {
        if (section.type == SHT_NOBITS) {
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        boolean whole = section.offset >= 0 && section.size >= 0 && section.offset <= in.limit() - section.size;
        if (!whole) {
            throw new BadImage(
                    file,
                    "expected a section within the file's %d bytes, found one of %d at offset 0x%x"
                            .formatted(in.limit(), section.size, section.offset));
        }
        return in.slice((int) section.offset, (int) section.size).order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean has(String name) {
        return sections.stream().anyMatch(s -> isNamed(s, name) || isNamed(s, oldName(name)));
    }

    /** What a section of that name holds, unpacked. @throws BadImage if it is damaged, or too large */
    Optional<ByteBuffer> find(String name) {
        for (Section section : sections) {
            if (isNamed(section, name)) {
                ByteBuffer bytes = bytes(section);
                return Optional.of((section.flags & SHF_COMPRESSED) == 0 ? bytes : unpack(name, section, bytes));
            }
            if (isNamed(section, oldName(name))) {
                return Optional.of(unpackOld(oldName(name), section, bytes(section)));
            }
        }
        return Optional.empty();
    }

    /** What it is called where it is compressed as it was before SHF_COMPRESSED. */
    private static String oldName(String name) {
        return ".z" + name.substring(1);
    }

    private ByteBuffer unpackOld(String name, Section section, ByteBuffer packed) {
        boolean marked = packed.limit() >= OLD_HEADER
                && packed.order(ByteOrder.BIG_ENDIAN).getInt(0) == OLD_MAGIC;
        expect(marked, section.offset, "the header of a compressed section " + name);
        return unpack(name, section, ELFCOMPRESS_ZLIB, packed.getLong(4), OLD_HEADER);
    }

    private boolean isNamed(Section section, String name) {
        ByteBuffer strings = bytes(section(names));
        byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        if (section.name < 0 || section.name > strings.limit() - wanted.length) {
            return false;
        }
        return strings.slice(section.name, wanted.length).equals(ByteBuffer.wrap(wanted));
    }

    private ByteBuffer unpack(String name, Section section, ByteBuffer packed) {
        int header = wide ? 24 : 12;
        expect(packed.limit() >= header, section.offset, "the header of a compressed section " + name);
        long size = wide ? packed.getLong(8) : packed.getInt(4) & 0xffff_ffffL;
        return unpack(name, section, packed.getInt(0), size, header);
    }

    private ByteBuffer unpack(String name, Section section, int type, long size, int header) {
        expect(
                size >= 0 && size <= LARGEST_UNPACKED,
                section.offset,
                "a section %s of at most %d bytes when unpacked, found %d".formatted(name, LARGEST_UNPACKED, size));
        int length = (int) section.size - header;
        InputStream body = new ByteArrayInputStream(in.array(), (int) section.offset + header, length);
        byte[] bytes;
        try (InputStream unpacked = unpacker(name, section, type, body)) {
            bytes = unpacked.readNBytes((int) size);
        } catch (IOException e) {
            throw new BadImage(
                    file,
                    section.offset,
                    "expected a section %s that can be unpacked: %s".formatted(name, e.getMessage()));
        }
        expect(
                bytes.length == size,
                section.offset,
                "a section %s of %d bytes when unpacked, found %d".formatted(name, size, bytes.length));
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private InputStream unpacker(String name, Section section, int type, InputStream body) throws IOException {
        return switch (type) {
            case ELFCOMPRESS_ZLIB -> new InflaterInputStream(body);
            case ELFCOMPRESS_ZSTD -> new ZstdInputStream(body);
            default ->
                throw new BadImage(
                        file,
                        section.offset,
                        "expected a section %s compressed with zlib (1) or zstd (2), found method %d"
                                .formatted(name, type));
        };
    }
}
