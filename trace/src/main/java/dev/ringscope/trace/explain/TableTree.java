package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The page tables below a root, entry by entry as they lie in memory (Intel SDM vol. 3A, 4.3 to 4.5), in the paging
 * mode of the moment. Nothing is marked as accessed. The PDPTEs of the CR3 in use are those that the processor loaded
 * with it.
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
     * @param reserved the bits set in it that must be clear: it translates nothing, every access is a page fault
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
            boolean noExecute,
            long reserved) {
        /** The page that it maps can be accessed. */
        public boolean maps() {
            return leaf && reserved == 0;
        }
    }

    /** Is shown the entries, each table's in order, a table right behind the entry that leads to it. */
    @FunctionalInterface
    public interface Visitor {
        /** @return whether the walk goes on */
        boolean visit(Entry entry);
    }

    /** A table in which the walk stands. */
    private static final class Table {
        private final long address;
        private final int level;
        private final long first;
        private final boolean user;
        private final boolean writable;
        private final boolean noExecute;
        private int next;

        Table(long address, int level, long first, boolean user, boolean writable, boolean noExecute) {
            this.address = address;
            this.level = level;
            this.first = first;
            this.user = user;
            this.writable = writable;
            this.noExecute = noExecute;
        }
    }

    private final boolean paging;
    private final int top;
    private final int entrySize;
    private final int indexBits;
    private final boolean sizes;
    private final long cr3;
    private final boolean loaded;
    private final Deque<Table> path = new ArrayDeque<>();
    private int looked;
    private boolean cutOff;

    /** Below the CR3 in use. */
    public TableTree(Machine machine) {
        this(machine, machine.cpu().cr3);
    }

    /** @param cr3 as that register would hold it: bits that are not the root's address do not count */
    public TableTree(Machine machine, long cr3) {
        X86Cpu cpu = machine.cpu();
        boolean pae = (cpu.cr4 & X86Cpu.CR4_PAE) != 0;
        paging = (cpu.cr0 & X86Cpu.CR0_PG) != 0;
        top = cpu.longMode() ? 4 : pae ? 3 : 2;
        entrySize = pae || cpu.longMode() ? 8 : 4;
        indexBits = entrySize == 8 ? 9 : 10;
        sizes = entrySize == 8 || (cpu.cr4 & X86Cpu.CR4_PSE) != 0;
        this.cr3 = cr3;
        loaded = paging && top == 3 && root() == (cpu.cr3 & 0xffff_ffe0L);
        path.push(new Table(root(), top, 0, true, true, false));
    }

    /** Whether paging is on at all. */
    public boolean paging() {
        return paging;
    }

    /** The level of the root: 4, 3 or 2. */
    public int top() {
        return top;
    }

    /** Physical address of the root table. */
    public long root() {
        return top == 4 ? cr3 & FRAME : top == 3 ? cr3 & 0xffff_ffe0L : cr3 & 0xffff_f000L;
    }

    /** Goes through everything that has not been seen yet. */
    public void walk(Machine machine, Visitor visitor) {
        for (Entry entry = next(machine); entry != null && visitor.visit(entry); entry = next(machine)) {
            continue;
        }
    }

    /** There were too many entries to see them all. */
    public boolean cutOff() {
        return cutOff;
    }

    /**
     * The next entry; null behind the last.
     *
     * @param machine at the same moment, not necessarily the same machine
     */
    public Entry next(Machine machine) {
        while (!path.isEmpty()) {
            Table table = path.peek();
            int count = top == 3 && table.level == 3 ? 4 : 1 << indexBits;
            long address = table.address + (long) table.next * entrySize;
            if (table.next == count || machine.memory().index(address) < 0) {
                path.pop();
                continue;
            }
            if (++looked > MOST_ENTRIES) {
                cutOff = true;
                path.clear();
                break;
            }
            Entry entry = entry(machine, table, address, value(machine, table, address));
            table.next++;
            if (entry != null) {
                descend(entry);
                return entry;
            }
        }
        return null;
    }

    /** Passes over what lies below the entry that was seen last. */
    public void skip(Entry last) {
        if (!path.isEmpty() && path.peek().level == last.level - 1 && path.peek().first == linear(last.linear)) {
            path.pop();
        }
    }

    private void descend(Entry entry) {
        if (!entry.leaf && entry.reserved == 0) {
            path.push(new Table(
                    entry.target, entry.level - 1, linear(entry.linear), entry.user, entry.writable, entry.noExecute));
        }
    }

    /** Without the bits that make it canonical. */
    private long linear(long address) {
        return top == 4 ? address & 0xffff_ffff_ffffL : address;
    }

    private long value(Machine machine, Table table, long address) {
        if (loaded && table.level == 3) {
            Walk walk = machine.cpu().paging.walk((long) table.next << shift(3));
            return walk.steps().getFirst().value();
        }
        return machine.memory().read(address, entrySize);
    }

    private int shift(int level) {
        return 12 + (level - 1) * indexBits;
    }

    /** Null if it is not present. */
    private Entry entry(Machine machine, Table table, long address, long value) {
        int level = table.level;
        if ((value & P) == 0) {
            return null;
        }
        long linear = table.first + ((long) table.next << shift(level));
        boolean pointer = top == 3 && level == 3; // has no access rights, and was checked when it was loaded
        boolean leaf = level == 1 || (level == 2 || level < top) && sizes && (value & PS) != 0;
        return new Entry(
                level,
                table.next,
                address,
                value,
                top == 4 ? linear << 16 >> 16 : linear,
                1L << shift(level),
                leaf,
                target(level, value, leaf),
                table.user && (pointer || (value & US) != 0),
                table.writable && (pointer || (value & RW) != 0),
                table.noExecute || !pointer && entrySize == 8 && (value & NX) != 0,
                pointer || !paging ? 0 : machine.cpu().paging.reservedBits(level, value));
    }

    private long target(int level, long value, boolean leaf) {
        if (entrySize == 4) {
            return leaf && level == 2 ? (value & 0x1f_e000) << 19 | value & 0xffc0_0000L : value & 0xffff_f000L;
        }
        return value & FRAME & (leaf ? -(1L << shift(level)) : -1);
    }
}
