package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.LDTR;

import java.util.HashMap;
import java.util.Map;

/**
 * Segmentation (Intel SDM vol. 3A, ch. 3 and 5; vol. 3B, 20.1 for real-address mode): the checks on every access
 * through a segment outside 64-bit mode, and descriptors read from the tables. Loading segment registers is
 * {@link DataSegments}'s and {@link CodeSegments}'s.
 */
public final class Segmentation {
    /** Interned keys kept at most; the numbers go on when they are dropped, so that none is used twice. */
    private static final int KEYS = 1 << 16;
    /** In the key of 64-bit code: it is that of ring 3. */
    private static final int USER = 1;

    /** Compared by hand: what Java would make for a record are a dozen classes, spun at every start. */
    private record Key(int codeSize, int stackSize, boolean user, long base, long limit) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && codeSize == key.codeSize
                    && stackSize == key.stackSize
                    && user == key.user
                    && base == key.base
                    && limit == key.limit;
        }

        @Override
        public int hashCode() {
            int sizes = codeSize << 5 | stackSize << 1 | (user ? 1 : 0);
            return 31 * (31 * sizes + Long.hashCode(base)) + Long.hashCode(limit);
        }
    }

    private static final int USABLE = Segment.PRESENT | Segment.S | Segment.WRITABLE;

    private final X86Cpu cpu;
    private final Map<Key, Integer> keys = new HashMap<>();
    private int nextKey = 1;

    Segmentation(X86Cpu cpu) {
        this.cpu = cpu;
    }

    /** Whether a {@link #codeKey} of 64-bit code is that of ring 3. */
    static boolean user(int key) {
        return (key & USER) != 0;
    }

    /**
     * How code is decoded and fetched now: negative in 64-bit code, else a number for code size, stack size, user, CS.
     */
    int codeKey() {
        boolean user = cpu.cpl == 3;
        if (cpu.code64()) {
            return Integer.MIN_VALUE | (user ? USER : 0);
        }
        Segment cs = cpu.seg[CS];
        if (keys.size() >= KEYS) {
            keys.clear();
        }
        Key key = new Key(cpu.codeSize(), cpu.stackSize(), user, cs.base, cs.limit);
        return keys.computeIfAbsent(key, k -> nextKey++);
    }

    /** Whether bits 47..63 of a linear address are all equal (48-bit linear addresses). */
    static boolean canonical(long linear) {
        return linear << 16 >> 16 == linear;
    }

    /**
     * Linear address of {@code size} bytes at an offset in a segment, outside 64-bit mode.
     *
     * @param offset as the address size leaves it, zero-extended
     * @throws Fault #SS(0) for SS, else #GP(0), if the segment does not allow the access
     */
    long check(int segment, long offset, int size, boolean write) {
        Segment s = cpu.seg[segment];
        // A writable expand-up data segment, as nearly all are; for the rest the long way.
        if ((s.access & (USABLE | Segment.CODE | Segment.EXPAND_DOWN)) != USABLE || offset + size - 1 > s.limit) {
            Reason reason = refusal(s, offset, size, write);
            if (reason != Reason.NONE) {
                throw new Fault(segment == SS ? Fault.SS : Fault.GP, 0, reason, s.selector, 0);
            }
        }
        return s.base + offset & 0xffff_ffffL;
    }

    /** Why a segment with these hidden parts refuses an access; {@link Reason#NONE} if it does not. */
    Reason refusal(Segment s, long offset, int size, boolean write) {
        // Real-address mode ignores the type, and so writes through CS.
        if (cpu.protectedMode() && !cpu.v86()) {
            if (!s.present()) {
                return Reason.NULL_SELECTOR;
            }
            boolean permitted = (s.access & Segment.WRITABLE) != 0; // for code: readable
            if (write && (s.code() || !permitted)) {
                return Reason.SEGMENT_NOT_WRITABLE;
            }
            if (!write && s.code() && !permitted) {
                return Reason.SEGMENT_NOT_READABLE;
            }
        }
        long last = offset + size - 1;
        if (!s.code() && (s.access & Segment.EXPAND_DOWN) != 0) {
            return offset > s.limit && last <= (s.big() ? 0xffff_ffffL : 0xffff) ? Reason.NONE : Reason.SEGMENT_LIMIT;
        }
        return last <= s.limit ? Reason.NONE : Reason.SEGMENT_LIMIT;
    }

    // ---- descriptors ------------------------------------------------------------------------------------------------

    /** Linear address of the entry that a selector names, 8 bytes of which lie within its table; -1 if they do not. */
    long entryAddress(int selector) {
        return entryAddress(selector, 8);
    }

    private long entryAddress(int selector, int size) {
        int offset = selector & 0xfff8;
        if ((selector & 4) == 0) {
            return offset + size - 1 > cpu.gdtrLimit ? -1 : wrap(cpu.gdtrBase + offset);
        }
        Segment ldt = cpu.seg[LDTR];
        return !ldt.present() || offset + size - 1 > ldt.limit ? -1 : wrap(ldt.base + offset);
    }

    /** Addresses that the processor forms for its own tables have 32 bits outside IA-32e mode. */
    long wrap(long linear) {
        return cpu.longMode() ? linear : linear & 0xffff_ffffL;
    }

    /** The entry that a selector names, or null if it lies beyond its table's limit. May raise a page fault. */
    Descriptor find(int selector) {
        long address = entryAddress(selector, 8);
        if (address == -1) {
            return null;
        }
        Descriptor d = new Descriptor(selector, address, cpu.loadSystem(address, 8), 0);
        if (!cpu.longMode() || d.codeOrData() || d.type() == 0) {
            return d;
        }
        return entryAddress(selector, 16) == -1
                ? null
                : new Descriptor(selector, address, d.low(), cpu.loadSystem(address + 8, 8));
    }

    /**
     * The entry that a selector names.
     *
     * @param vector the fault (#GP or #TS) raised, with the selector as error code, if it lies beyond its table's limit
     */
    Descriptor read(int selector, int vector) {
        Descriptor d = find(selector);
        if (d == null) {
            throw new Fault(vector, selector & ~3, Reason.DESCRIPTOR_LIMIT, selector, 0);
        }
        return d;
    }

    /** The same for a selector that must not be null: else the fault's error code is 0. */
    Descriptor readNonNull(int selector, int vector) {
        if ((selector & ~3) == 0) {
            throw new Fault(vector, 0, Reason.NULL_SELECTOR, selector, 0);
        }
        return read(selector, vector);
    }

    /** Sets the accessed bit of a code or data descriptor in memory if it is clear (SDM vol. 3A, 3.4.5.1). */
    void markAccessed(Descriptor d) {
        if ((d.access() & Segment.ACCESSED) == 0) {
            cpu.storeSystem(d.address() + 5, 1, d.access() & 0xff | Segment.ACCESSED);
        }
    }

    /** Fills a segment register's hidden part from a code or data descriptor. */
    static void fill(Segment s, int selector, Descriptor d) {
        s.set(selector, d.base() & 0xffff_ffffL, d.limit(), d.access() | Segment.ACCESSED);
    }
}
