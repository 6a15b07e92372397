package dev.ringscope.emulator.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Physical address space: RAM from address 0, a ROM below 4 GiB, device regions, nothing elsewhere (reads give ones,
 * writes vanish). RAM and ROM live in one byte array, so that the software TLB can hold an index into it.
 * Little-endian.
 */
public final class PhysicalMemory {
    public static final int PAGE = 4096;
    /** Bytes of a line: what {@link #lines} is counted in. */
    public static final int LINE = 64;
    /** Page holds code that has been translated: writes must invalidate it. */
    public static final byte CODE = 1;
    /** Page has been read by a page-table walk as a table. */
    public static final byte TABLE = 2;
    /** Page was written since the dirty marks were last taken. */
    public static final byte DIRTY = 4;
    /** Writes are ignored. */
    public static final byte ROM = 8;
    /** Page was written since the chunk began. */
    public static final byte WRITTEN = 16;
    /** Page was read since the chunk began. */
    public static final byte READ = 32;
    /** A watchpoint lies in it. */
    public static final byte WATCHED = 64;
    /** The {@link Journal} has what the page held before the writes of its present segment. */
    public static final byte SAVED = -128;

    private static final long JOURNAL_LIMIT =
            Math.min(192L << 20, Runtime.getRuntime().maxMemory() / 8);

    public static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    public static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    public static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte[] ZERO = new byte[PAGE];

    /** Bytes that growing memory has at first, and how many times more each time. */
    private static final int FIRST = 4 << 20;

    private static final int STEP = 4;

    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;

    /** Times this, eight bytes of 0 or 1 have in their uppermost byte a bit for each. */
    private static final long GATHER = 0x0102_0408_1020_4080L;

    /** Physical addresses from start up to end, which is not part of it, where a device answers. */
    public record Region(long start, long end, MmioDevice device) {}

    /** Knows what pages hold that have not been needed yet. */
    @FunctionalInterface
    public interface PageSource {
        /**
         * Puts the contents of a page, and of others that are expected if it likes, by {@link #supply}.
         *
         * @param page physical address / 4096
         */
        void fetch(int page);
    }

    /**
     * RAM, then the ROM. What lies in a page is right once {@link #index} or {@link #need} was asked for it: memory
     * that grows has another array afterwards if it had not yet come so far.
     */
    public byte[] bytes;
    /** Flags of each page of RAM, then of the ROM. */
    public final byte[] pageFlags;
    /**
     * For each 64 bytes of {@link #bytes}: 1 if they were written since the chunk began. Not 0 only in pages that are
     * {@link #WRITTEN}. A byte each, so that a store marks with one store and reads nothing.
     */
    public byte[] lines;
    /** What pages held before; inactive until somebody begins a segment. */
    public final Journal journal = new Journal(this, JOURNAL_LIMIT);

    /** Pages whose contents are still to be fetched, a bit each. */
    private final long[] absent;

    private int absentCount;
    private PageSource source = _ -> {};

    private final int ramSize;
    private final long romStart;
    /** Who keeps {@link #bytes} and {@link #lines}, and is told of others. */
    private Runnable grown = () -> {};
    /** The arrays when all of memory is there, made ahead on another thread; null: they are not. */
    private Whole room;

    private final List<Region> regions = new ArrayList<>();
    /** All device regions that hide RAM lie between these addresses. */
    private long hiddenStart = Long.MAX_VALUE;

    private long hiddenEnd;
    private long addressMask = -1;

    /** Who waits for a page to be written, for each page; null: nobody ever did. */
    private Awaiting[] awaiting;

    /** What {@link #bytes} and {@link #lines} are when all of memory is there. */
    public record Whole(byte[] bytes, byte[] lines) {}

    private record Awaiting(Runnable action, Awaiting earlier) {}

    /**
     * @param ramSize bytes, a multiple of 4096, at most 2 GiB - 16 MiB
     * @param rom the image that ends at 4 GiB (length a multiple of 4096), empty for none
     */
    public PhysicalMemory(int ramSize, byte[] rom) {
        this(ramSize, rom, new byte[checkedSize(ramSize, rom)], new byte[checkedSize(ramSize, rom) / LINE]);
    }

    private PhysicalMemory(int ramSize, byte[] rom, byte[] bytes, byte[] lines) {
        this.ramSize = ramSize;
        romStart = (1L << 32) - rom.length;
        this.bytes = bytes;
        this.lines = lines;
        pageFlags = new byte[checkedSize(ramSize, rom) / PAGE];
        absent = new long[(pageFlags.length + 63) / 64];
        if (rom.length > 0) {
            System.arraycopy(rom, 0, bytes, ramSize, rom.length);
        }
        Arrays.fill(pageFlags, ramSize / PAGE, pageFlags.length, ROM);
    }

    /**
     * Memory without a ROM whose arrays are as long as the guest has come in it, a few times more at most: Java takes
     * 0.1 s and more to fill 256 MiB with zeros, which many guests never touch.
     */
    public static PhysicalMemory growing(int ramSize) {
        byte[] none = new byte[0];
        int size = Math.min(checkedSize(ramSize, none), FIRST);
        return new PhysicalMemory(ramSize, none, new byte[size], new byte[size / LINE]);
    }

    private static int checkedSize(int ramSize, byte[] rom) {
        if (ramSize % PAGE != 0 || rom.length % PAGE != 0) {
            throw new IllegalArgumentException("RAM and ROM come in whole pages of 4096 bytes");
        }
        return Math.addExact(ramSize, rom.length);
    }

    /**
     * Memory like new in the arrays of one that nobody uses any more: Java takes 0.1 s and more to fill 256 MiB with
     * zeros, here each page of RAM is cleared when it is needed.
     *
     * @param rom as long as that of the other
     */
    public static PhysicalMemory inPlaceOf(PhysicalMemory spent, byte[] rom) {
        int size = checkedSize(spent.ramSize, rom);
        if (size != spent.size()) {
            throw new IllegalArgumentException(
                    "memory of %d bytes cannot be made of one of %d".formatted(size, spent.size()));
        }
        spent.complete();
        Arrays.fill(spent.lines, (byte) 0);
        PhysicalMemory memory = new PhysicalMemory(spent.ramSize, rom, spent.bytes, spent.lines);
        memory.source = page -> memory.supply(page, ZERO, 0);
        for (int page = 0; page < spent.ramSize / PAGE; page++) {
            memory.expect(page);
        }
        return memory;
    }

    public int ramSize() {
        return ramSize;
    }

    // ---- growth
    // -----------------------------------------------------------------------------------------------------------

    /** Runs an action, in the place of an earlier one, whenever {@link #bytes} and {@link #lines} are others. */
    public void setGrown(Runnable action) {
        grown = action;
    }

    /** On any thread: makes the arrays that {@link #complete} needs. */
    public synchronized Whole makeRoom() {
        if (bytes.length == size()) {
            return new Whole(bytes, lines);
        }
        if (room == null) {
            room = new Whole(new byte[size()], new byte[size() / LINE]);
        }
        return room;
    }

    /** All of memory is there from now on: {@link #bytes} and {@link #lines} stay what they are. */
    public void complete() {
        reach(size());
    }

    private int size() {
        return pageFlags.length * PAGE;
    }

    /** @param end index behind the last byte that is needed */
    private void reach(int end) {
        if (end > bytes.length && bytes.length < size()) {
            grow(end);
        }
    }

    private synchronized void grow(int end) {
        Whole more = room;
        if (more == null) {
            long size = (long) STEP * bytes.length;
            while (size < end) {
                size *= STEP;
            }
            int enough = (int) Math.min(size, size());
            more = new Whole(new byte[enough], new byte[enough / LINE]);
        }
        room = null;
        System.arraycopy(bytes, 0, more.bytes, 0, bytes.length);
        System.arraycopy(lines, 0, more.lines, 0, lines.length);
        bytes = more.bytes;
        lines = more.lines;
        grown.run();
    }

    /** Claims physical addresses start..start+size-1 (whole pages) for a device; it goes before RAM. */
    public void map(long start, long size, MmioDevice device) {
        regions.add(new Region(start, start + size, device));
        if (start < ramSize) {
            hiddenStart = Math.min(hiddenStart, start);
            hiddenEnd = Math.max(hiddenEnd, start + size);
        }
    }

    /** What answers instead of RAM, in the order in which it was mapped. */
    public List<Region> regions() {
        return List.copyOf(regions);
    }

    /** Physical address of the first byte of ROM; 4 GiB if there is none. */
    public long romStart() {
        return romStart;
    }

    /** The A20 gate: while closed, bit 20 of every address reads as zero. Whoever calls this flushes the TLBs. */
    public void setA20(boolean open) {
        addressMask = open ? -1 : ~(1L << 20);
    }

    public boolean a20() {
        return addressMask == -1;
    }

    /** Index into {@link #bytes} of a physical address in RAM or ROM, or -1 (device or nothing). */
    public int index(long address) {
        long a = address & addressMask;
        int index = -1;
        if (a >= 0 && a < ramSize) {
            index = inRegion(a) ? -1 : (int) a;
        } else if (a >= romStart && a < 1L << 32) {
            index = (int) (ramSize + a - romStart);
        }
        if (index >= bytes.length) {
            reach(index + 1);
        }
        if (absentCount > 0 && index >= 0) {
            need(index / PAGE);
        }
        return index;
    }

    // ---- contents that come when they are needed
    // ----------------------------------------------------------------------

    /** Who is asked for the contents of pages that {@link #expect} named. */
    public void setSource(PageSource newSource) {
        source = newSource;
    }

    /**
     * Pages hold something else from now on, which is fetched when they are needed. Whoever calls this flushes the
     * TLBs.
     *
     * @param page physical address / 4096
     * @throws IllegalArgumentException if no RAM or ROM is there
     */
    public void expect(long page) {
        int number = number(page);
        absentCount += isAbsent(number) ? 0 : 1;
        absent[number >>> 6] |= 1L << number;
    }

    /** Whether a page (physical address / 4096) is still to be fetched. */
    public boolean expects(long page) {
        return isAbsent(number(page));
    }

    /**
     * The contents of a page that is expected.
     *
     * @param page physical address / 4096
     */
    public void supply(long page, byte[] from, int offset) {
        int number = number(page);
        reach((number + 1) * PAGE);
        System.arraycopy(from, offset, bytes, number * PAGE, PAGE);
        arrived(number);
    }

    /** To be called before {@link #bytes} is read by an index that does not come from {@link #index}. */
    public void need(int index, int count) {
        reach(index + count);
        for (int page = index / PAGE; absentCount > 0 && page <= (index + count - 1) / PAGE; page++) {
            need(page);
        }
    }

    /** {@link #bytes}, all of them there. */
    public byte[] whole() {
        need(0, size());
        return bytes;
    }

    private void need(int page) {
        if (isAbsent(page)) {
            source.fetch(page < ramSize / PAGE ? page : (int) ((1L << 32) / PAGE) - pageFlags.length + page);
            if (isAbsent(page)) {
                throw new IllegalStateException("nobody knows what page 0x%x of memory holds".formatted(page));
            }
        }
    }

    private boolean isAbsent(int page) {
        return (absent[page >>> 6] >>> page & 1) != 0;
    }

    private void arrived(int page) {
        absentCount -= isAbsent(page) ? 1 : 0;
        absent[page >>> 6] &= ~(1L << page);
    }

    /**
     * Where a page of RAM or ROM begins in {@link #bytes}, whatever gate or device hides it.
     *
     * @param page physical address / 4096
     */
    public int place(long page) {
        int number = number(page);
        reach((number + 1) * PAGE);
        need(number);
        return number * PAGE;
    }

    /** The place in {@link #pageFlags} of a physical page, whatever gate or device hides it. */
    private int number(long page) {
        if (page >= 0 && page < ramSize / PAGE) {
            return (int) page;
        }
        if (page < romStart / PAGE || page >= (1L << 32) / PAGE) {
            throw new IllegalArgumentException("the machine has no memory at page 0x%x".formatted(page));
        }
        return (int) (page - romStart / PAGE) + ramSize / PAGE;
    }

    private boolean inRegion(long a) {
        if (a < hiddenStart || a >= hiddenEnd) {
            return false;
        }
        for (Region region : regions) {
            if (a >= region.start && a < region.end) {
                return true;
            }
        }
        return false;
    }

    /** The device at an address, with the offset in {@link DeviceAt#offset}; null where there is none. */
    public MmioDevice deviceAt(long address) {
        long a = address & addressMask;
        for (Region region : regions) {
            if (a >= region.start && a < region.end) {
                return region.device;
            }
        }
        return null;
    }

    /** The offset of an address in the device region that holds it. */
    public long deviceOffset(long address) {
        long a = address & addressMask;
        for (Region region : regions) {
            if (a >= region.start && a < region.end) {
                return a - region.start;
            }
        }
        throw new IllegalArgumentException("no device at 0x%x".formatted(address));
    }

    /** Reads 1, 2, 4 or 8 bytes of RAM, ROM or a device, zero-extended; must not cross a page. */
    public long read(long address, int size) {
        int i = index(address);
        if (i >= 0) {
            return switch (size) {
                case 1 -> bytes[i] & 0xff;
                case 2 -> (short) SHORT.get(bytes, i) & 0xffff;
                case 4 -> (int) INT.get(bytes, i) & 0xffff_ffffL;
                case 8 -> (long) LONG.get(bytes, i);
                default -> throw new IllegalArgumentException("size " + size);
            };
        }
        MmioDevice device = deviceAt(address);
        long value = device == null ? -1 : device.readMemory(deviceOffset(address), size);
        return size == 8 ? value : value & ((1L << 8 * size) - 1);
    }

    /**
     * To be called before the first write to a page after its marks were taken, or at every write.
     *
     * @param page index into {@link #pageFlags}
     */
    public void writing(int page) {
        if (awaiting != null && awaiting[page] != null) {
            runAwaiting(page);
        }
        if (journal.active() && (pageFlags[page] & SAVED) == 0) {
            journal.save(page);
        }
        pageFlags[page] |= DIRTY | WRITTEN;
    }

    /** The pages (indices into {@link #pageFlags}, ascending) that have a mark. */
    public int[] marked(byte flag) {
        int[] pages = new int[64];
        int count = 0;
        for (int page = marked(0, flag); page >= 0; page = marked(page + 1, flag)) {
            if (count == pages.length) {
                pages = Arrays.copyOf(pages, 2 * count);
            }
            pages[count++] = page;
        }
        return Arrays.copyOf(pages, count);
    }

    /**
     * Runs an action before the next write to a page, on the thread that writes. To be called where the page's mark
     * {@link #WRITTEN} has just been taken away, and the translations that writes go through were dropped.
     *
     * @param page physical address / 4096
     */
    public void beforeWrite(long page, Runnable action) {
        if (awaiting == null) {
            awaiting = new Awaiting[pageFlags.length];
        }
        int number = number(page);
        awaiting[number] = new Awaiting(action, awaiting[number]);
    }

    private void runAwaiting(int page) {
        Awaiting first = awaiting[page];
        awaiting[page] = null;
        for (Awaiting next = first; next != null; next = next.earlier) {
            next.action.run();
        }
    }

    /** Writes to the page need not be told by {@link #writing}: its marks are set. */
    public boolean toldOfWrites(int flags) {
        return (flags & (WRITTEN | DIRTY)) == (WRITTEN | DIRTY) && (!journal.active() || (flags & SAVED) != 0);
    }

    /** Writes 1, 2, 4 or 8 bytes; must not cross a page. Marks the page dirty; no translated code is dropped here. */
    public void write(long address, int size, long value) {
        int i = index(address);
        if (i < 0) {
            MmioDevice device = deviceAt(address);
            if (device != null) {
                device.writeMemory(deviceOffset(address), size, value);
            }
            return;
        }
        if ((pageFlags[i / PAGE] & ROM) != 0) {
            return;
        }
        markWritten(i, size);
        switch (size) {
            case 1 -> bytes[i] = (byte) value;
            case 2 -> SHORT.set(bytes, i, (short) value);
            case 4 -> INT.set(bytes, i, (int) value);
            case 8 -> LONG.set(bytes, i, value);
            default -> throw new IllegalArgumentException("size " + size);
        }
    }

    /** Copies bytes into RAM from outside the machine (a loader, a debugger, a disk); marks the pages dirty. */
    public void load(long address, byte[] data, int from, int count) {
        if (address < 0 || count < 0 || address + count > ramSize) {
            throw new IllegalArgumentException(
                    "0x%x bytes at 0x%x do not fit in 0x%x bytes of memory".formatted(count, address, ramSize));
        }
        if (count > 0) {
            need((int) address, count);
            markWritten((int) address, count);
        }
        System.arraycopy(data, from, bytes, (int) address, count);
    }

    /**
     * Marks pages and lines as written.
     *
     * @param index of the first byte in {@link #bytes}
     * @param count bytes, at least 1
     */
    public void markWritten(int index, int count) {
        for (int page = index / PAGE; page <= (index + count - 1) / PAGE; page++) {
            writing(page);
        }
        markLines(index, count);
    }

    /**
     * The first page (an index into {@link #pageFlags}) from one on that has any of some flags; -1 if there is none.
     * Most have none, so eight are looked at together.
     */
    public int marked(int from, int flags) {
        long anyOfEight = (flags & 0xff) * EACH_BYTE;
        int page = from;
        while (page + 8 <= pageFlags.length) {
            long found = (long) LONG.get(pageFlags, page) & anyOfEight;
            if (found != 0) {
                return page + Long.numberOfTrailingZeros(found) / 8;
            }
            page += 8;
        }
        while (page < pageFlags.length && (pageFlags[page] & flags) == 0) {
            page++;
        }
        return page < pageFlags.length ? page : -1;
    }

    /** Marks the lines of some bytes (at least 1) in pages that are marked as written already. */
    public void markLines(int index, int count) {
        for (int line = index / LINE; line <= (index + count - 1) / LINE; line++) {
            lines[line] = 1;
        }
    }

    /** The lines written in a page (an index into {@link #pageFlags}): bit n for its bytes 64n to 64n + 63. */
    public long linesOf(int page) {
        long mask = 0;
        int first = page * (PAGE / LINE);
        for (int eight = 0; eight < PAGE / LINE / 8; eight++) {
            long marks = (long) LONG.get(lines, first + 8 * eight);
            mask |= (marks * GATHER >>> 56) << 8 * eight;
        }
        return mask;
    }
}
