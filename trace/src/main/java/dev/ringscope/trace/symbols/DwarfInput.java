package dev.ringscope.trace.symbols;

import dev.ringscope.emulator.boot.BadImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads a DWARF section from front to back (DWARF 5, section 7): numbers are little-endian. Whatever does not fit into
 * the section is complained about with its place.
 */
final class DwarfInput {
    private static final int LONG_UNIT = -1;
    private static final int RESERVED_UNITS = 0xffff_fff0;
    private static final int LONGEST_STRING = 1 << 14;

    private final String file;
    private final String section;
    private final ByteBuffer in;
    /** Whether the unit being read is of the 64-bit format: offsets of eight bytes. */
    private boolean wideOffsets;

    DwarfInput(String file, String section, ByteBuffer in) {
        this.file = file;
        this.section = section;
        this.in = in;
    }

    /** Of an ELF file; empty if it has no such section. */
    static Optional<DwarfInput> of(String file, ElfFile elf, String section) {
        return elf.find(section).map(bytes -> new DwarfInput(file, section, bytes));
    }

    BadImage bad(long offset, String expected) {
        return new BadImage(file, "section %s, offset 0x%x: expected %s".formatted(section, offset, expected));
    }

    int position() {
        return in.position();
    }

    int remaining() {
        return in.remaining();
    }

    boolean hasRemaining() {
        return in.hasRemaining();
    }

    private void need(long bytes, String what) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw bad(
                    in.position(),
                    "%s of %s bytes, found the end after %d"
                            .formatted(what, Long.toUnsignedString(bytes), in.remaining()));
        }
    }

    int u1() {
        need(1, "a number");
        return in.get() & 0xff;
    }

    int s1() {
        need(1, "a number");
        return in.get();
    }

    int u2() {
        need(2, "a number");
        return in.getShort() & 0xffff;
    }

    long u4() {
        need(4, "a number");
        return in.getInt() & 0xffff_ffffL;
    }

    long u8() {
        need(8, "a number");
        return in.getLong();
    }

    /** @param size 1, 2, 4 or 8 */
    long address(long size) {
        return switch ((int) Math.clamp(size, 0, 9)) {
            case 1 -> u1();
            case 2 -> u2();
            case 4 -> u4();
            case 8 -> u8();
            default -> throw bad(in.position(), "an address of 1, 2, 4 or 8 bytes, found one of " + size);
        };
    }

    /** Bits beyond 64 do not count. */
    long uleb() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int b = u1();
            value |= shift < 64 ? (b & 0x7fL) << shift : 0;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
    }

    long sleb() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int b = u1();
            value |= shift < 64 ? (b & 0x7fL) << shift : 0;
            if ((b & 0x80) == 0) {
                boolean negative = (b & 0x40) != 0 && shift + 7 < 64;
                return negative ? value | -1L << (shift + 7) : value;
            }
        }
    }

    /** A length or an offset into a section, as long as the unit's format has it. */
    long offset() {
        return wideOffsets ? u8() : u4();
    }

    int offsetSize() {
        return wideOffsets ? Long.BYTES : Integer.BYTES;
    }

    void skip(long bytes) {
        need(bytes, "an entry");
        in.position(in.position() + (int) bytes);
    }

    /** Up to a zero byte. */
    String string() {
        int start = in.position();
        while (u1() != 0) {
            if (in.position() - start > LONGEST_STRING) {
                throw bad(start, "a name of at most %d bytes".formatted(LONGEST_STRING));
            }
        }
        byte[] bytes = new byte[in.position() - 1 - start];
        in.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** @param offset anything */
    String stringAt(long offset) {
        return at(offset).string();
    }

    /** The same section from another place on. */
    DwarfInput at(long offset) {
        if (offset < 0 || offset >= in.limit()) {
            throw bad(in.limit(), "an offset below the section's end, found 0x%x".formatted(offset));
        }
        ByteBuffer there = in.duplicate().order(in.order());
        there.position((int) offset);
        return new DwarfInput(file, section, there);
    }

    /** The next unit, behind its length; this goes on behind it. Offsets are those of the section. */
    DwarfInput unit() {
        int start = in.position();
        long length = u4();
        boolean wide = (int) length == LONG_UNIT;
        if (!wide && Integer.compareUnsigned((int) length, RESERVED_UNITS) >= 0) {
            throw bad(start, "a length, found the reserved 0x%x".formatted(length));
        }
        length = wide ? u8() : length;
        need(length, "a unit");
        DwarfInput unit = part(length);
        unit.wideOffsets = wide;
        return unit;
    }

    /** The next so many bytes; this goes on behind them. */
    DwarfInput part(long length) {
        need(length, "a part");
        ByteBuffer part = in.duplicate().order(in.order());
        part.limit(in.position() + (int) length);
        in.position(part.limit());
        DwarfInput input = new DwarfInput(file, section, part);
        input.wideOffsets = wideOffsets;
        return input;
    }
}
