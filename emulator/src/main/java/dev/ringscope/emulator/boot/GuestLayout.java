package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;

/** The parts of a guest in memory, so that none overlaps another and what the loader adds finds a free place. */
final class GuestLayout {
    private record Part(long start, long end, String name) {}

    private static final long LOW_START = 0x10000;
    private static final long PAGE = 0x1000;

    private final PhysicalMemory memory;
    private final String guest;
    private final List<Part> parts = new ArrayList<>();

    /** @param guest the main image's name, for messages */
    GuestLayout(PhysicalMemory memory, String guest) {
        this.memory = memory;
        this.guest = guest;
    }

    /**
     * Copies {@code inFile} bytes from the image to an address, followed by zeros up to {@code inMemory} bytes (fresh
     * memory is zero).
     *
     * @throws BadImage if it does not fit or overlaps another part
     */
    void place(Image image, long offset, long inFile, long start, long inMemory) {
        image.need(offset, inFile, "0x%x bytes to load".formatted(inFile));
        long end = start + inMemory;
        if (start < 0 || end < start || end > memory.ramSize()) {
            throw image.bad(
                    offset,
                    "0x%x bytes for address 0x%x do not fit in 0x%x bytes of memory"
                            .formatted(inMemory, start, memory.ramSize()));
        }
        for (Part part : parts) {
            if (start < part.end && part.start < end) {
                throw image.bad(
                        offset,
                        "0x%x..0x%x overlaps %s at 0x%x..0x%x".formatted(start, end, part.name, part.start, part.end));
            }
        }
        parts.add(new Part(start, end, image.name()));
        memory.load(start, image.bytes(), (int) offset, (int) inFile);
    }

    /** The end of the highest part, at least 1 MiB. */
    long end() {
        return parts.stream().mapToLong(Part::end).reduce(MemoryMap.HIGH, Math::max);
    }

    /** A free place for the loader's own data: in conventional memory, else behind everything. */
    long findLow(long size) {
        for (long start = LOW_START; start + size <= MemoryMap.LOW_END; start += PAGE) {
            if (isFree(start, start + size)) {
                return start;
            }
        }
        long start = (end() + PAGE - 1) & -PAGE;
        if (start + size > memory.ramSize()) {
            throw new BadImage(guest, "leaves no room for 0x%x bytes of boot information".formatted(size));
        }
        return start;
    }

    private boolean isFree(long start, long end) {
        return parts.stream().noneMatch(part -> start < part.end && part.start < end);
    }
}
