package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.memory.PhysicalMemory.TABLE;

import dev.ringscope.emulator.Event.TableWriter;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * The pages that page walks have read as tables, with what they were to the latest walk. Stores into them come here:
 * every entry that changes is told to the recorder, and the translations that may stem from it are dropped at once.
 *
 * <p>So the TLBs never disagree with the tables in memory. The architecture lets a processor keep old translations
 * until they are invalidated, but does not oblige it to (Intel SDM vol. 3A, 4.10.2); keeping none makes a run
 * independent of when TLBs happen to be emptied, hence the same in recording, plain running and replay from any
 * checkpoint.
 *
 * <p>A page stops being known when the entry above no longer leads to it, or when something is written that no table
 * holds. That is always safe: its translations are dropped, and a walk that reads it again makes it known again.
 */
final class TablePages {
    private static final long PRESENT = 1;
    private static final long PAGE_SIZE = 0x80;

    /** What a table page was to the latest walk through it. */
    private static final class Table {
        int level;
        int entrySize;
        /** First linear address that its first entry translates. */
        long first;

        long root;
        /** Walks have reached it at more than one place: its entries translate more than {@link #first} tells. */
        boolean several;

        /** Number of linear address bits below the ones that choose an entry. */
        int shift() {
            return 12 + (level - 1) * (entrySize == 8 ? 9 : 10);
        }
    }

    private final X86Cpu cpu;
    private final PhysicalMemory memory;
    private final Table[] tables;
    /** Entries before a store: at most three of four bytes touch eight bytes. */
    private final long[] before = new long[3];
    /** Which of the states that this object has been in is the present one, and how many there were. */
    private long version;

    private long versions;

    TablePages(X86Cpu cpu) {
        this.cpu = cpu;
        memory = cpu.memory;
        tables = new Table[memory.pageFlags.length];
    }

    /** A walk reads an entry in that page of memory. */
    void walked(int page, int level, int entrySize, long first, long root) {
        Table table = tables[page];
        if (table == null) {
            table = tables[page] = new Table();
            memory.pageFlags[page] |= TABLE;
            cpu.paging.dropTarget(page);
        } else if (table.level != level || table.first != first || table.entrySize != entrySize) {
            table.several = true;
        } else {
            if (table.root != root) {
                table.root = root;
                version = ++versions;
            }
            return;
        }
        version = ++versions;
        table.level = level;
        table.entrySize = entrySize;
        table.first = first;
        table.root = root;
    }

    /** Writes 1 to 8 bytes into a table page, at an index of RAM. */
    void store(int index, int size, long value, TableWriter writer) {
        Table table = tables[index >>> 12];
        int width = table.entrySize;
        if (size == width && (index & width - 1) == 0) {
            storeEntry(table, index, width, value, writer);
            return;
        }
        int from = index & -width;
        int count = (index + size - from + width - 1) / width;
        for (int i = 0; i < count; i++) {
            before[i] = entry(from + i * width, width);
        }
        LittleEndian.put(memory.bytes, index, size, value);
        for (int i = 0; i < count; i++) {
            long now = entry(from + i * width, width);
            if (now != before[i]) {
                changed(table, from + i * width, before[i], now, writer);
            }
        }
    }

    /**
     * Whether storing that into a table page changes one entry, and neither other tables nor the running block mind.
     */
    boolean quiet(int index, int size, long value) {
        Table table = tables[index >>> 12];
        if (size != table.entrySize || (index & size - 1) != 0) {
            return false;
        }
        boolean one = table.level == 1 && !table.several && !cpu.runsOn(first(table, index));
        return (one || (entry(index, size) & PRESENT) == 0)
                && !implausible(table, LittleEndian.zeroExtend(value, size));
    }

    private void storeEntry(Table table, int index, int width, long value, TableWriter writer) {
        long old = entry(index, width);
        LittleEndian.put(memory.bytes, index, width, value);
        long now = entry(index, width);
        if (now != old) {
            changed(table, index, old, now, writer);
        }
    }

    /** The MMU's own write of an accessed or dirty bit. No translation depends on the old value. */
    void mark(int index, int size, long old, long value, boolean dirty) {
        LittleEndian.put(memory.bytes, index, size, value);
        tell(tables[index >>> 12], index, old, value, dirty ? TableWriter.DIRTY_BIT : TableWriter.ACCESSED_BIT);
    }

    private long entry(int index, int width) {
        return LittleEndian.get(memory.bytes, index, width);
    }

    private void changed(Table table, int index, long old, long value, TableWriter writer) {
        tell(table, index, old, value, writer);
        if ((old & PRESENT) != 0) {
            if (table.level == 1 && !table.several) {
                cpu.paging.dropPage(first(table, index), old);
            } else {
                cpu.paging.flushAll();
            }
            if (table.level > 1
                    && (old & PAGE_SIZE) == 0
                    && ((old ^ value) & (PageWalker.FRAME | PRESENT | PAGE_SIZE)) != 0) {
                forget(memory.index(old & PageWalker.FRAME));
            }
        }
        if (implausible(table, value)) {
            forget(index);
        }
    }

    /**
     * No table in use holds that: its page has become something else. Entries that are not present keep swap slots in
     * PTEs only.
     */
    private boolean implausible(Table table, long value) {
        return (value & PRESENT) != 0
                ? cpu.paging.walker.reserved(table.level, value) != 0
                : table.level > 1 && value != 0;
    }

    private void forget(int index) {
        if (index >= 0 && tables[index >>> 12] != null) {
            tables[index >>> 12] = null;
            version = ++versions;
            memory.pageFlags[index >>> 12] &= ~TABLE;
            cpu.paging.flushAll();
        }
    }

    private static long first(Table table, int index) {
        long offset = (long) (index & 0xfff) / table.entrySize << table.shift();
        return table.first + offset << 16 >> 16;
    }

    private void tell(Table table, int index, long old, long value, TableWriter writer) {
        if (cpu.recorder == Recorder.NONE) {
            return; // saves finding out what to tell
        }
        cpu.recorder.tableUpdate(
                cpu.position(),
                writer,
                table.level,
                cpu.paging.physical(index),
                table.entrySize,
                old,
                value,
                first(table, index),
                1L << table.shift(),
                table.root,
                cpu.pcLinear());
    }

    void save(StateOutput out) {
        int[] known = memory.marked(TABLE);
        out.put(known.length);
        for (int page : known) {
            Table table = tables[page];
            out.put(page)
                    .put(table.level)
                    .put(table.entrySize)
                    .put(table.first)
                    .put(table.root)
                    .put(table.several);
        }
    }

    /** Names the present state: the same number means that nothing has changed. */
    long version() {
        return version;
    }

    /** Goes back to an earlier state of this object, which {@link #save} wrote when it had that version. */
    void load(StateInput in, long saved) {
        if (version != saved) {
            load(in);
            version = saved;
        }
    }

    void load(StateInput in) {
        version = ++versions;
        for (int page = 0; page < tables.length; page++) {
            tables[page] = null;
            memory.pageFlags[page] &= ~TABLE;
        }
        for (long count = in.next(); count > 0; count--) {
            long page = in.next();
            if (page < 0 || page >= tables.length) {
                throw new IllegalArgumentException(
                        "a table page 0x%x is known, but memory has 0x%x pages".formatted(page, tables.length));
            }
            Table table = tables[(int) page] = new Table();
            memory.pageFlags[(int) page] |= TABLE;
            table.level = in.nextInt();
            table.entrySize = in.nextInt();
            table.first = in.next();
            table.root = in.next();
            table.several = in.nextBoolean();
        }
    }
}
