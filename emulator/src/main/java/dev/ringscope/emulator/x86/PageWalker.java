package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.memory.PhysicalMemory.INT;
import static dev.ringscope.emulator.memory.PhysicalMemory.LONG;
import static dev.ringscope.emulator.memory.PhysicalMemory.ROM;

import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * The page walk that an access makes when no TLB serves it (Intel SDM vol. 3A, 4.3 to 4.8): 32-bit, PAE and 4-level
 * paging, access rights, reserved bits, accessed and dirty bits. It allocates nothing unless it faults or changes an
 * entry.
 *
 * <p>{@link TableCache} remembers where the upper levels of 4-level paging lead, so that most walks read one entry.
 *
 * <p>Accessed bits are set only once the access is known to be allowed. Physical addresses have {@link #PHYSICAL_BITS}
 * bits.
 */
final class PageWalker {
    static final int PHYSICAL_BITS = 40;
    /** Bits of an 8-byte entry that hold a physical address. */
    static final long FRAME = (1L << PHYSICAL_BITS) - 4096;

    static final long P = 1;
    static final long RW = 2;
    static final long US = 4;
    static final long A = 0x20;
    static final long D = 0x40;
    static final long PS = 0x80;
    static final long NX = 1L << 63;

    /** Kinds of access, as the page-fault error code has them (SDM vol. 3A, 4.7). */
    static final int WRITE = 2;

    static final int USER = 4;
    static final int FETCH = 16;
    /** An explicit supervisor access with EFLAGS.AC = 1, which SMAP lets pass; never part of an error code. */
    static final int AC_SET = 0x100;

    /**
     * An access of the executing instruction's own, as opposed to the processor's to its tables; never part of an error
     * code.
     */
    static final int PROGRAM = 0x200;

    private static final int ERROR_PRESENT = 1;
    private static final int ERROR_RESERVED = 8;

    private final X86Cpu cpu;
    private final PhysicalMemory memory;
    private final TablePages tables;

    PagingMode mode = PagingMode.NONE;
    /** CR0, CR4 and EFER as they were taken over. */
    private long cr0, cr4, efer;

    private boolean writeProtect;
    private boolean noExecute;
    private boolean smep;
    private boolean smap;
    private boolean pageSizes;
    /** The bits of CR3 that name the root table. */
    private long rootMask;
    /** Reserved bits of any entry, by level 1..4, and the further ones of an entry that maps a large page. */
    private final long[] reserved = new long[5];

    private final long[] reservedLarge = {0, 0, 0x1f_e000, 0x3fff_e000, 0};

    /** The entries of the running walk, by level, and where they are: index of RAM, or -1. */
    private final long[] entry = new long[5];

    private final int[] at = new int[5];
    private final TableCache cache = new TableCache();
    /** PDPTE registers of PAE paging (SDM vol. 3A, 4.4.1). */
    final long[] pdpte = new long[4];

    /** Why {@link #find} found nothing. */
    private Fault refused;

    /** Of the latest successful walk: a write of the same privilege would be allowed too and change no entry. */
    boolean writable;

    PageWalker(X86Cpu cpu, TablePages tables) {
        this.cpu = cpu;
        this.tables = tables;
        memory = cpu.memory;
    }

    /** Takes over CR0, CR4 and EFER. */
    void configure() {
        if (cpu.cr0 != cr0 || cpu.cr4 != cr4 || cpu.efer != efer) {
            cr0 = cpu.cr0;
            cr4 = cpu.cr4;
            efer = cpu.efer;
            cache.clear();
            takeOver();
        }
    }

    /** Tables may have changed otherwise than by stores, or CR3 has. */
    void forget() {
        cache.clear();
    }

    private void takeOver() {
        mode = PagingMode.of(cpu);
        writeProtect = (cpu.cr0 & X86Cpu.CR0_WP) != 0;
        noExecute = (cpu.efer & X86Cpu.EFER_NXE) != 0;
        smep = (cpu.cr4 & X86Cpu.CR4_SMEP) != 0;
        smap = (cpu.cr4 & X86Cpu.CR4_SMAP) != 0;
        pageSizes = (cpu.cr4 & X86Cpu.CR4_PSE) != 0;
        rootMask = mode == PagingMode.LEVEL4 ? FRAME : mode == PagingMode.PAE ? 0xffff_ffe0L : 0xffff_f000L;
        long all = noExecute ? 0 : NX;
        all |= mode == PagingMode.PAE ? bits(PHYSICAL_BITS, 62) : bits(PHYSICAL_BITS, 51);
        reserved[1] = reserved[2] = reserved[3] = all;
        reserved[4] = all | PS;
        if (mode == PagingMode.PAE) {
            reserved[3] = bits(PHYSICAL_BITS, 63) | bits(5, 8) | bits(1, 2);
        }
    }

    private static long bits(int low, int high) {
        return (high == 63 ? -1 : (1L << high + 1) - 1) & -(1L << low);
    }

    /** The bits set in a present entry that must be zero at that level. */
    long reserved(int level, long value) {
        boolean large = (value & PS) != 0;
        if (mode == PagingMode.BITS32) {
            return level == 2 && large && pageSizes ? value & 1 << 21 : 0;
        }
        return value & (large ? reserved[level] | reservedLarge[level] : reserved[level]);
    }

    /**
     * Translates for an access, setting accessed and dirty bits.
     *
     * @param access {@link #WRITE}, {@link #USER}, {@link #FETCH}, {@link #AC_SET}
     * @return the physical address
     * @throws Fault #PF
     */
    long translate(long linear, int access) {
        long physical = find(linear, access);
        if (physical < 0) {
            throw refused;
        }
        return physical;
    }

    /** What {@link #find} would have thrown: throwing it from here would cost more than all else in a page fault. */
    Fault refused() {
        return refused;
    }

    /** The same as {@link #translate}, but gives -1 where that throws {@link #refused}. */
    long find(long linear, int access) {
        return switch (mode) {
            case NONE -> {
                writable = true;
                yield linear & 0xffff_ffffL;
            }
            case BITS32 -> walk4(linear & 0xffff_ffffL, access);
            case PAE -> {
                long pointer = pdpte[(int) (linear >>> 30) & 3];
                if ((pointer & P) == 0) {
                    yield refuse(access, 0, Reason.NOT_PRESENT, (cpu.cr3 & rootMask) + (linear >>> 30 << 3), linear);
                }
                yield walk8(linear, access, 2, pointer & FRAME);
            }
            case LEVEL4 -> {
                int known = cache.find(linear, tables.version());
                yield known < 0
                        ? walk8(linear, access, 4, cpu.cr3 & FRAME)
                        : walkLast(linear, access, cache.table(known), cache.all(known), cache.any(known));
            }
        };
    }

    /** The lowest level alone. The entries above have been checked, and their accessed bits are set. */
    private long walkLast(long linear, int access, long table, long all, long any) {
        long address = table | (linear >>> 12 & 511) << 3;
        long value = read8(address, 1, linear & -1L << 21);
        entry[1] = value;
        return usable(value, 1, access, address, linear) ? leaf(linear, access, 1, 1, all & value, any | value) : -1;
    }

    private long walk8(long linear, int access, int top, long root) {
        long table = root;
        long all = -1;
        long any = 0;
        int level = top;
        int shift = 3 + 9 * top;
        while (true) {
            long address = table | (linear >>> shift & 511) << 3;
            long value = read8(address, level, linear & -1L << shift + 9);
            entry[level] = value;
            if (!usable(value, level, access, address, linear)) {
                return -1;
            }
            all &= value;
            any |= value;
            if (level == 1 || (value & PS) != 0) {
                break;
            }
            table = value & FRAME;
            level--;
            shift -= 9;
        }
        if (level == 1 && top == 4) {
            long upper = entry[4] & entry[3] & entry[2];
            boolean inMemory = (at[4] | at[3] | at[2]) >= 0;
            if ((upper & A) != 0 && inMemory) {
                cache.put(linear, tables.version(), table, upper, entry[4] | entry[3] | entry[2]);
            }
        }
        return leaf(linear, access, top, level, all, any);
    }

    /** What is left when the entry of the page itself has been read: {@code all} and {@code any} are of all levels. */
    private long leaf(long linear, int access, int top, int level, long all, long any) {
        if (!permitted(all, (any & NX) != 0, access, linear, level)) {
            return -1;
        }
        if ((all & A) == 0 || (access & WRITE) != 0 && (entry[level] & D) == 0) {
            mark(top, level, access, 8);
        }
        writable = (entry[level] & D) != 0 && mayWrite(all, access);
        int shift = 3 + 9 * level;
        return entry[level] & FRAME & -1L << shift | linear & (1L << shift) - 1;
    }

    private long walk4(long linear, int access) {
        long address = cpu.cr3 & 0xffff_f000L | (linear >>> 22 & 1023) << 2;
        long directory = read4(address, 2, 0);
        entry[2] = directory;
        if (!usable(directory, 2, access, address, linear)) {
            return -1;
        }
        int level = 2;
        long all = directory;
        if ((directory & PS) == 0 || !pageSizes) {
            address = directory & 0xffff_f000L | (linear >>> 12 & 1023) << 2;
            entry[1] = read4(address, 1, linear & 0xffc0_0000L);
            if (!usable(entry[1], 1, access, address, linear)) {
                return -1;
            }
            all &= entry[1];
            level = 1;
        }
        if (!permitted(all, false, access, linear, level)) {
            return -1;
        }
        if ((all & A) == 0 || (access & WRITE) != 0 && (entry[level] & D) == 0) {
            mark(2, level, access, 4);
        }
        writable = (entry[level] & D) != 0 && mayWrite(all, access);
        return frame(level, entry[level]) | linear & (level == 1 ? 0xfff : 0x3f_ffff);
    }

    /** The entry maps a page although it is not in a table of the lowest level. */
    boolean large(int level, long value) {
        return level > 1 && (value & PS) != 0 && (mode != PagingMode.BITS32 || pageSizes);
    }

    /** The physical address of the page or table that an entry of that level leads to. */
    long frame(int level, long value) {
        boolean large = large(level, value);
        if (mode == PagingMode.BITS32) {
            return large ? (value & 0x1f_e000) << 19 | value & 0xffc0_0000L : value & 0xffff_f000L;
        }
        return value & FRAME & (large ? -1L << 3 + 9 * level : -1);
    }

    private long read8(long address, int level, long first) {
        int i = memory.index(address);
        at[level] = i;
        if (i < 0) {
            return memory.read(address, 8);
        }
        tables.walked(i >>> 12, level, 8, level == 4 ? 0 : first, cpu.cr3 & rootMask);
        return (long) LONG.get(memory.bytes, i);
    }

    private long read4(long address, int level, long first) {
        int i = memory.index(address);
        at[level] = i;
        if (i < 0) {
            return memory.read(address, 4);
        }
        tables.walked(i >>> 12, level, 4, first, cpu.cr3 & rootMask);
        return (int) INT.get(memory.bytes, i) & 0xffff_ffffL;
    }

    private boolean usable(long value, int level, int access, long address, long linear) {
        if ((value & P) == 0) {
            refuse(access, 0, Reason.NOT_PRESENT, address, linear);
            return false;
        }
        if (reserved(level, value) != 0) {
            refuse(access, ERROR_PRESENT | ERROR_RESERVED, Reason.RESERVED_PAGE_BITS, address, linear);
            return false;
        }
        return true;
    }

    /** Access rights, SDM vol. 3A, 4.6.1. {@code all} is the conjunction of all entries. */
    private boolean permitted(long all, boolean nx, int access, long linear, int leaf) {
        Reason refusal = refusal(all, nx, access);
        if (refusal != Reason.NONE) {
            long address = at[leaf] < 0 ? 0 : cpu.paging.physical(at[leaf]);
            refuse(access, ERROR_PRESENT, refusal, address, linear);
        }
        return refusal == Reason.NONE;
    }

    Reason refusal(long all, boolean nx, int access) {
        boolean userPage = (all & US) != 0;
        if ((access & USER) != 0) {
            if (!userPage) {
                return Reason.USER_ACCESS;
            }
        } else if (userPage) {
            if ((access & FETCH) != 0) {
                if (smep) {
                    return Reason.SMEP;
                }
            } else if (smap && (access & AC_SET) == 0) {
                return Reason.SMAP;
            }
        }
        if ((access & FETCH) != 0) {
            return nx && noExecute ? Reason.NO_EXECUTE : Reason.NONE;
        }
        return (access & WRITE) != 0 && !mayWrite(all, access) ? Reason.WRITE_PROTECTED : Reason.NONE;
    }

    private boolean mayWrite(long all, int access) {
        return (all & RW) != 0 || (access & USER) == 0 && !writeProtect;
    }

    /** @return -1 */
    private long refuse(int access, int code, Reason reason, long entryAddress, long linear) {
        int error = code | access & (WRITE | USER);
        Block block = cpu.running();
        if ((access & (PROGRAM | WRITE | FETCH)) == PROGRAM && block != null) {
            // Reading in order to write counts as writing
            Instruction i = block.ops[cpu.index].instruction();
            error |= i.memory && i.encoding.modifiesMemory() ? WRITE : 0;
        }
        boolean fetchShown = noExecute && mode != PagingMode.BITS32 || smep;
        refused = Fault.pf(error | (fetchShown ? access & FETCH : 0), reason, entryAddress, linear);
        return -1;
    }

    /** Sets the accessed bits that are missing, and for a write the dirty bit. */
    private void mark(int top, int leaf, int access, int size) {
        for (int level = top; level >= leaf; level--) {
            boolean dirty = level == leaf && (access & WRITE) != 0 && (entry[level] & D) == 0;
            long value = entry[level] | A | (dirty ? D : 0);
            int i = at[level];
            if (value != entry[level] && i >= 0 && (memory.pageFlags[i >>> 12] & ROM) == 0) {
                memory.markWritten(i, size);
                tables.mark(i, size, entry[level], value, dirty);
                cpu.paging.codeChanged(i, size);
                entry[level] = value;
            }
        }
    }

    /**
     * Loads the PDPTE registers from the table that a value of CR3 names.
     *
     * @throws Fault #GP(0) if a present entry has a reserved bit set; then no register has changed
     */
    void loadPdptes(long cr3) {
        long[] loaded = new long[4];
        for (int i = 0; i < 4; i++) {
            long address = (cr3 & 0xffff_ffe0L) + 8 * i;
            loaded[i] = read8(address, 3, 0);
            if ((loaded[i] & P) != 0 && (loaded[i] & (bits(PHYSICAL_BITS, 63) | bits(5, 8) | bits(1, 2))) != 0) {
                throw Fault.gp(0, Reason.RESERVED_PAGE_BITS, address);
            }
        }
        System.arraycopy(loaded, 0, pdpte, 0, 4);
    }
}
