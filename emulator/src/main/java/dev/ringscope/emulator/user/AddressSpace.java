package dev.ringscope.emulator.user;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The program's half of the linear address space: mappings, pages given on first touch, and the page tables, whose
 * entries the guest's kernel stores when it finds them in the mailbox. Four-level tables (Intel SDM vol. 3A, 4.5).
 */
final class AddressSpace {
    private static final long PML4 = 0x10_4000;
    private static final long PRESENT = 1, WRITABLE = 2, USER = 4, NO_EXECUTE = 1L << 63;
    static final long TOP = 0x7fff_ffff_f000L;
    static final long LOWEST = 0x1_0000;
    /** As Linux's vm.max_map_count. */
    private static final int MOST_MAPPINGS = 65_530;
    /** A page and the three tables above it. */
    private static final int PAGES_OF_A_TOUCH = 4;

    /** An entry that the kernel is to store. @param invalidate linear address whose old translation must go, or 0 */
    record Entry(long physical, long value, long invalidate) {}

    private final PhysicalMemory memory;
    private final PhysicalPages pages;
    private final TreeMap<Long, Mapping> mappings = new TreeMap<>();
    /** Counts the changes of the mappings. */
    private long version;
    /** Physical page by linear page. */
    private final Map<Long, Long> resident = new HashMap<>();
    /** Values of those table entries that the kernel has been told to store and may not have stored yet. */
    private Map<Long, Long> tables = new HashMap<>();

    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private Answer answer = new Answer();
    /** Physical pages that the answer changes. */
    private Set<Long> changed = new HashSet<>();

    AddressSpace(PhysicalMemory memory) {
        this.memory = memory;
        pages = new PhysicalPages(memory.ramSize());
    }

    /** Stores go to that answer from now on. */
    void begin(Answer newAnswer) {
        answer = newAnswer;
        // new ones: clearing a hash table takes as long as it once was large
        changed = new HashSet<>();
        if (waiting.isEmpty() && !tables.isEmpty()) {
            tables = new HashMap<>();
        }
    }

    /** Takes up to so many entries for the mailbox. */
    List<Entry> takeWaiting(int most) {
        List<Entry> taken = new ArrayList<>();
        while (taken.size() < most && !waiting.isEmpty()) {
            taken.add(waiting.poll());
        }
        return taken;
    }

    boolean entriesWait() {
        return !waiting.isEmpty();
    }

    // ---- mappings ---------------------------------------------------------------------------------------------------

    /** Maps a run of addresses, instead of whatever was there. @throws Errno ENOMEM if there are too many */
    void map(Mapping mapping) {
        if (mappings.size() >= MOST_MAPPINGS) {
            throw new Errno(Errno.ENOMEM);
        }
        unmap(mapping.start(), mapping.end());
        mappings.put(mapping.start(), mapping);
        version++;
    }

    /** All of them, ascending. */
    Collection<Mapping> mappings() {
        return mappings.values();
    }

    /** Another number after each change of {@link #mappings}. */
    long version() {
        return version;
    }

    /** Pages that follow each other: at power-on only. */
    long takeRun(long count) {
        return pages.takeRun(count);
    }

    /** @param start page-aligned, as end */
    void unmap(long start, long end) {
        version++;
        for (Mapping old : cut(start, end)) {
            mappings.remove(old.start());
            for (long page : residentPages(old.start(), old.end())) {
                setEntry(page, 0);
                pages.give(resident.remove(page));
            }
        }
    }

    /** @throws Errno ENOMEM if part of the range is not mapped */
    void protect(long start, long end, int protection) {
        if (!isMapped(start, end)) {
            throw new Errno(Errno.ENOMEM);
        }
        version++;
        for (Mapping old : cut(start, end)) {
            mappings.put(old.start(), old.withProtection(protection));
            for (long page : residentPages(old.start(), old.end())) {
                setEntry(page, leaf(resident.get(page), protection));
            }
        }
    }

    /** Moves what is mapped from start to end to another place that is free, with its pages. */
    void move(long start, long end, long to) {
        version++;
        for (Mapping old : cut(start, end)) {
            mappings.remove(old.start());
            Mapping moved = old.movedBy(to - start);
            mappings.put(moved.start(), moved);
            for (long page : residentPages(old.start(), old.end())) {
                long physical = resident.remove(page);
                setEntry(page, 0);
                resident.put(page + to - start, physical);
                setEntry(page + to - start, leaf(physical, old.protection()));
            }
        }
    }

    /** Forgets the contents of what is mapped there: the next touch gives pages as at first. @throws Errno ENOMEM */
    void discard(long start, long end) {
        if (!isMapped(start, end)) {
            throw new Errno(Errno.ENOMEM);
        }
        cut(start, end).forEach(this::map);
    }

    private List<Long> residentPages(long start, long end) {
        if ((end - start) / 4096 > resident.size()) {
            return resident.keySet().stream()
                    .filter(p -> p >= start && p < end)
                    .sorted()
                    .toList();
        }
        List<Long> found = new ArrayList<>();
        for (long page = start; page < end; page += 4096) {
            if (resident.containsKey(page)) {
                found.add(page);
            }
        }
        return found;
    }

    /** Splits mappings at the borders; gives those inside. */
    private List<Mapping> cut(long start, long end) {
        splitAt(start);
        splitAt(end);
        return new ArrayList<>(mappings.subMap(start, end).values());
    }

    private void splitAt(long address) {
        Mapping m = find(address);
        if (m != null && m.start() < address) {
            if (mappings.size() >= MOST_MAPPINGS) {
                throw new Errno(Errno.ENOMEM);
            }
            mappings.put(m.start(), m.between(m.start(), address));
            mappings.put(address, m.between(address, m.end()));
        }
    }

    /** The mapping that holds the address, or null. */
    Mapping find(long address) {
        Map.Entry<Long, Mapping> floor = mappings.floorEntry(address);
        return floor != null && floor.getValue().contains(address) ? floor.getValue() : null;
    }

    boolean isFree(long start, long end) {
        return start >= LOWEST
                && end <= TOP
                && find(start) == null
                && mappings.subMap(start, end).isEmpty();
    }

    /** Whether no address of the run is free. */
    boolean isMapped(long start, long end) {
        for (long at = start; at < end; ) {
            Mapping mapping = find(at);
            if (mapping == null) {
                return false;
            }
            at = mapping.end();
        }
        return true;
    }

    /** The highest free run of that many bytes below an address. @throws Errno ENOMEM */
    long findFree(long size, long below) {
        long end = below;
        while (end - size >= LOWEST) {
            Map.Entry<Long, Mapping> nearest = mappings.lowerEntry(end);
            if (nearest == null || nearest.getValue().end() <= end - size) {
                return end - size;
            }
            end = nearest.getKey();
        }
        throw new Errno(Errno.ENOMEM);
    }

    // ---- pages
    // --------------------------------------------------------------------------------------------------------

    /**
     * A fault, or the host's own access: gives the page its memory if the mapping allows it.
     *
     * @return its physical address, or -1 if the access is an error of the program
     */
    long touch(long address, int access) {
        long page = address & -4096;
        Mapping mapping = find(page);
        if (mapping == null || (mapping.protection() & access) != access) {
            return -1;
        }
        Long there = resident.get(page);
        if (there == null) {
            if (pages.left() < PAGES_OF_A_TOUCH) {
                throw new Errno(Errno.ENOMEM);
            }
            there = take();
            byte[] content = mapping.page(page);
            if (content != null) {
                store(there, content);
            }
            resident.put(page, there);
            setEntry(page, leaf(there, mapping.protection()));
        }
        return there | address & 4095;
    }

    /** Whether a page has its memory already: then a fault on it is one of rights. */
    boolean isResident(long address) {
        return resident.containsKey(address & -4096);
    }

    private static long leaf(long physical, int protection) {
        if (protection == 0) {
            return physical; // not present, but the page stays the program's
        }
        return physical
                | PRESENT
                | USER
                | ((protection & Mapping.WRITE) != 0 ? WRITABLE : 0)
                | ((protection & Mapping.EXECUTE) != 0 ? 0 : NO_EXECUTE);
    }

    private void setEntry(long page, long value) {
        long table = PML4;
        for (int level = 4; level > 1; level--) {
            long at = table + 8 * (page >>> 12 + 9 * (level - 1) & 511);
            long entry = entry(at);
            if (entry == 0) {
                entry = take() | PRESENT | WRITABLE | USER;
                put(at, entry, 0);
            }
            table = entry & 0xf_ffff_ffff_f000L;
        }
        long at = table + 8 * (page >>> 12 & 511);
        boolean wasPresent = (entry(at) & PRESENT) != 0;
        put(at, value, wasPresent ? page : 0);
    }

    private long take() {
        long page = pages.take(answer);
        changed.add(page);
        return page;
    }

    /** A page for the kernel alone, all zero. @return its physical address @throws Errno ENOMEM */
    long pageForKernel() {
        return take();
    }

    /** Places what the kernel keeps beside the program, at power-on. @return its physical address */
    long placeForKernel(byte[] bytes) {
        long at = pages.takeRun((bytes.length + 4095) / 4096);
        store(at, bytes);
        return at;
    }

    /** A table's entry as it will be when the kernel has stored what waits. */
    private long entry(long at) {
        Long told = tables.get(at);
        memory.need((int) at, 8);
        return told != null
                ? told
                : changed.contains(at & -4096) ? 0 : (long) PhysicalMemory.LONG.get(memory.bytes, (int) at);
    }

    private void put(long at, long value, long invalidate) {
        tables.put(at, value);
        waiting.add(new Entry(at, value, invalidate));
    }

    // ---- the program's memory, as the host reads and writes it
    // ----------------------------------------------------------

    /** How many bytes from there on, at most count, can be read. */
    int readable(long address, int count) {
        int done = 0;
        while (done < count && touch(address + done, Mapping.READ) >= 0) {
            done = (int) Math.min(count, done + 4096 - (address + done & 4095));
        }
        return done;
    }

    /** @throws Errno EFAULT */
    byte[] read(long address, int count) {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count; ) {
            int part = (int) Math.min(count - done, 4096 - (address + done & 4095));
            fetch(need(address + done, Mapping.READ), bytes, done, part);
            done += part;
        }
        return bytes;
    }

    /** Bytes as they will be when the answer so far is applied. */
    private void fetch(long physical, byte[] into, int at, int count) {
        memory.need((int) physical, count);
        System.arraycopy(memory.bytes, (int) physical, into, at, count);
        if (!changed.contains(physical & -4096)) {
            return;
        }
        for (Answer.Deed deed : answer.deeds()) {
            if (deed instanceof Answer.Store s) {
                overlay(s.physical(), s.data(), physical, into, at, count);
            } else if (deed instanceof Answer.Clear c) {
                overlay(c.physical(), new byte[4096], physical, into, at, count);
            }
        }
    }

    private static void overlay(long from, byte[] data, long physical, byte[] into, int at, int count) {
        long start = Math.max(from, physical);
        long end = Math.min(from + data.length, physical + count);
        if (start < end) {
            System.arraycopy(data, (int) (start - from), into, at + (int) (start - physical), (int) (end - start));
        }
    }

    /** @throws Errno EFAULT */
    void write(long address, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            int part = (int) Math.min(bytes.length - done, 4096 - (address + done & 4095));
            byte[] piece = new byte[part];
            System.arraycopy(bytes, done, piece, 0, part);
            store(need(address + done, Mapping.WRITE), piece);
            done += part;
        }
    }

    private long need(long address, int access) {
        long physical = touch(address, access);
        if (physical < 0) {
            throw new Errno(Errno.EFAULT);
        }
        return physical;
    }

    /** Bytes to a physical address, with the answer. */
    private void store(long physical, byte[] bytes) {
        changed.add(physical & -4096);
        answer.add(new Answer.Store(physical, bytes));
    }
}
