package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.X86Cpu;

/**
 * The page tables below a root, entry by entry as they lie in memory (Intel SDM vol. 3A, 4.3 to 4.5), in the paging
 * mode of the moment. Nothing is marked as accessed.
 *
 * <p>Tables may lead to themselves, on purpose or not; so the number of entries that are looked at is bounded.
 */
public final class TableTree {
    private static final long P = 1, RW = 2, US = 4, PS = 0x80, NX = 1L << 63;
    private static final long FRAME = 0x000f_ffff_ffff_f000L;
    private static final int MOST_ENTRIES = 1 << 22;

    /**
     * A present entry.
     *
     * @param level 1 = PTE, 2 = PDE, 3 = PDPTE, 4 = PML4E
     * @param index its number in its table
     * @param address its physical address
     * @param linear first address that it translates
     * @param size bytes that it translates
     * @param leaf it maps a page; else it leads to a table
     * @param target physical address of that page or table
     * @param user every entry so far has US set; and so for the others
     */
    public record Entry(
            int level,
            int index,
            long address,
            long value,
            long linear,
            long size,
            boolean leaf,
            long target,
            boolean user,
            boolean writable,
            boolean noExecute) {}

    /** Is shown the entries, each table's in order, a table right behind the entry that leads to it. */
    @FunctionalInterface
    public interface Visitor {
        /** @return whether the walk goes on */
        boolean visit(Entry entry);
    }

    private final Machine machine;
    private final X86Cpu cpu;
    private final int top;
    private final int entrySize;
    private final int indexBits;
    private int looked;
    private boolean cutOff;

    public TableTree(Machine machine) {
        this.machine = machine;
        cpu = machine.cpu();
        boolean pae = (cpu.cr4 & X86Cpu.CR4_PAE) != 0;
        top = cpu.longMode() ? 4 : pae ? 3 : 2;
        entrySize = pae || cpu.longMode() ? 8 : 4;
        indexBits = entrySize == 8 ? 9 : 10;
    }

    /** Whether paging is on at all. */
    public boolean paging() {
        return (cpu.cr0 & X86Cpu.CR0_PG) != 0;
    }

    /** The level of the root: 4, 3 or 2. */
    public int top() {
        return top;
    }

    /** The root table that a value of CR3 names. */
    public long root(long cr3) {
        return top == 4 ? cr3 & FRAME : top == 3 ? cr3 & 0xffff_ffe0L : cr3 & 0xffff_f000L;
    }

    /** Goes through everything below a root. */
    public void walk(long cr3, Visitor visitor) {
        looked = 0;
        cutOff = false;
        table(root(cr3), top, 0, true, true, false, visitor);
    }

    /** There were too many entries for {@link #walk}. */
    public boolean cutOff() {
        return cutOff;
    }

    private int shift(int level) {
        return 12 + (level - 1) * indexBits;
    }

    private boolean table(
            long table, int level, long first, boolean user, boolean writable, boolean nx, Visitor visitor) {
        int count = top == 3 && level == 3 ? 4 : 1 << indexBits;
        for (int n = 0; n < count; n++) {
            long address = table + (long) n * entrySize;
            if (machine.memory().index(address) < 0) {
                return true;
            }
            if (++looked > MOST_ENTRIES) {
                cutOff = true;
                return false;
            }
            long value = machine.memory().read(address, entrySize);
            if ((value & P) == 0) {
                continue;
            }
            Entry entry = entry(level, n, address, value, first + ((long) n << shift(level)), user, writable, nx);
            if (!visitor.visit(entry)) {
                return false;
            }
            boolean deeper = !entry.leaf;
            if (deeper
                    && !table(
                            entry.target,
                            level - 1,
                            entry.linear,
                            entry.user,
                            entry.writable,
                            entry.noExecute,
                            visitor)) {
                return false;
            }
        }
        return true;
    }

    private Entry entry(
            int level, int n, long address, long value, long linear, boolean user, boolean writable, boolean nx) {
        boolean pointer = top == 3 && level == 3; // has no access rights
        boolean sizes = entrySize == 8 || (cpu.cr4 & X86Cpu.CR4_PSE) != 0;
        boolean leaf =
                level == 1 || level < top && sizes && (value & PS) != 0 || level == 2 && top == 2 && large(value);
        long canonical = top == 4 ? linear << 16 >> 16 : linear;
        return new Entry(
                level,
                n,
                address,
                value,
                canonical,
                1L << shift(level),
                leaf,
                target(level, value, leaf),
                user && (pointer || (value & US) != 0),
                writable && (pointer || (value & RW) != 0),
                nx || entrySize == 8 && (value & NX) != 0);
    }

    private boolean large(long value) {
        return (cpu.cr4 & X86Cpu.CR4_PSE) != 0 && (value & PS) != 0;
    }

    private long target(int level, long value, boolean leaf) {
        if (entrySize == 4) {
            return leaf && level == 2 ? (value & 0x1f_e000) << 19 | value & 0xffc0_0000L : value & 0xffff_f000L;
        }
        return value & FRAME & (leaf ? -(1L << shift(level)) : -1);
    }
}
