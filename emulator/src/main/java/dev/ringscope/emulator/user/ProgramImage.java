package dev.ringscope.emulator.user;

import dev.ringscope.emulator.boot.BadImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A static Linux executable for x86-64 or i386, mapped as the kernel would (System V ABI; Linux fs/binfmt_elf.c for
 * what it accepts).
 */
final class ProgramImage {
    private static final int PT_LOAD = 1, PT_INTERP = 3, PT_PHDR = 6;
    private static final int ET_EXEC = 2, ET_DYN = 3;
    private static final long PIE_BASE = 0x5555_5555_4000L;
    private static final long PIE_BASE32 = 0x5655_5000L;

    private final String name;
    private final ByteBuffer file;
    private final boolean wide;
    private final long bias;

    /** @throws BadImage unless it is a static executable */
    ProgramImage(String name, byte[] bytes) {
        this.name = name;
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        need(0, 52, "an ELF header");
        if (file.getInt(0) != 0x464c457f) {
            throw new BadImage(
                    name,
                    0,
                    "expected an ELF program, found bytes %08x".formatted(Integer.reverseBytes(file.getInt(0))));
        }
        int machine = file.getShort(18) & 0xffff;
        wide = file.get(4) == 2;
        if (!(wide && machine == 62 || file.get(4) == 1 && machine == 3) || file.get(5) != 1) {
            throw new BadImage(name, 18, "expected a program for x86-64 or i386, found machine %d".formatted(machine));
        }
        need(0, wide ? 64 : 52, "an ELF header");
        int type = file.getShort(16) & 0xffff;
        if (type != ET_EXEC && type != ET_DYN) {
            throw new BadImage(name, 16, "expected an executable, found ELF type %d".formatted(type));
        }
        bias = type == ET_EXEC ? 0 : wide ? PIE_BASE : PIE_BASE32;
        checkSegments();
    }

    private void need(long offset, long size, String what) {
        if (offset < 0 || size < 0 || offset > file.limit() || size > file.limit() - offset) {
            throw new BadImage(name, offset, "expected %s, the file has %d bytes".formatted(what, file.limit()));
        }
    }

    private record Segment(int type, int flags, long offset, long address, long inFile, long inMemory) {}

    private int segments() {
        return file.getShort(wide ? 56 : 44) & 0xffff;
    }

    private long table() {
        return wide ? file.getLong(32) : file.getInt(28) & 0xffff_ffffL;
    }

    private int entrySize() {
        return wide ? 56 : 32;
    }

    private Segment segment(int n) {
        long at = table() + (long) n * entrySize();
        need(at, entrySize(), "a program header");
        int p = (int) at;
        return wide
                ? new Segment(
                        file.getInt(p),
                        file.getInt(p + 4),
                        file.getLong(p + 8),
                        file.getLong(p + 16),
                        file.getLong(p + 32),
                        file.getLong(p + 40))
                : new Segment(file.getInt(p), file.getInt(p + 24), u32(p + 4), u32(p + 8), u32(p + 16), u32(p + 20));
    }

    private long u32(int at) {
        return file.getInt(at) & 0xffff_ffffL;
    }

    private void checkSegments() {
        boolean loads = false;
        for (int n = 0; n < segments(); n++) {
            Segment s = segment(n);
            long at = table() + (long) n * entrySize();
            if (s.type == PT_INTERP) {
                throw new BadImage(name, at, "needs a dynamic linker; only static programs can be run");
            }
            if (s.type != PT_LOAD) {
                continue;
            }
            loads = true;
            need(s.offset, s.inFile, "a segment of %d bytes".formatted(s.inFile));
            long end = s.address + bias + s.inMemory;
            if (s.inFile > s.inMemory || s.inMemory < 0 || s.address < 0 || end > AddressSpace.TOP || end < 0) {
                throw new BadImage(
                        name,
                        at,
                        "a segment that no address space holds: 0x%x bytes at 0x%x".formatted(s.inMemory, s.address));
            }
        }
        if (!loads) {
            throw new BadImage(name, table(), "expected a segment to load");
        }
    }

    boolean wide() {
        return wide;
    }

    long entry() {
        return bias + (wide ? file.getLong(24) : u32(24));
    }

    int programHeaders() {
        return segments();
    }

    int programHeaderSize() {
        return entrySize();
    }

    /** Linear address of the program headers, 0 if no segment holds them. */
    long programHeadersAt() {
        for (int n = 0; n < segments(); n++) {
            Segment s = segment(n);
            if (s.type == PT_PHDR || s.type == PT_LOAD && table() >= s.offset && table() < s.offset + s.inFile) {
                return bias + s.address + (s.type == PT_PHDR ? 0 : table() - s.offset);
            }
        }
        return 0;
    }

    /** Maps the segments. @return the end of the highest, where the heap begins */
    long map(AddressSpace space) {
        long top = 0;
        for (int n = 0; n < segments(); n++) {
            Segment s = segment(n);
            if (s.type == PT_LOAD && s.inMemory > 0) {
                long start = bias + s.address & -4096;
                long end = bias + s.address + s.inMemory + 4095 & -4096;
                // flags: PF_X 1, PF_W 2, PF_R 4
                int protection = ((s.flags & 4) != 0 ? Mapping.READ : 0)
                        | ((s.flags & 2) != 0 ? Mapping.WRITE : 0)
                        | ((s.flags & 1) != 0 ? Mapping.EXECUTE : 0);
                long first = contentStart(s, start);
                long offset = s.offset - (bias + s.address - first);
                space.map(new Mapping(start, end, protection, content(s, start), first, offset));
                top = Math.max(top, end);
            }
        }
        return top;
    }

    /**
     * The page's start belongs to the file too, as far as the file goes: headers in front of a segment are seen there.
     */
    private long contentStart(Segment s, long start) {
        long before = bias + s.address - start;
        return s.offset >= before ? start : bias + s.address;
    }

    private byte[] content(Segment s, long start) {
        long before = bias + s.address - contentStart(s, start);
        return Arrays.copyOfRange(file.array(), (int) (s.offset - before), (int) (s.offset + s.inFile));
    }
}
