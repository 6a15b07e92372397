package dev.ringscope.emulator.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * What lies where in the physical addresses of a PC with {@code ramSize} bytes from address 0, as the BIOS call E820
 * tells it (ACPI specification 6.5, 15.1).
 */
final class MemoryMap {
    static final int USABLE = 1;
    static final int RESERVED = 2;
    /** Where conventional memory ends and the BIOS's own data area begins. */
    static final long LOW_END = 0x9fc00;

    static final long VIDEO = 0xa0000;
    static final long FIRMWARE = 0xe0000;
    static final long HIGH = 0x100000;

    /** @param type {@link #USABLE} or {@link #RESERVED} */
    record Range(long start, long size, int type) {}

    private MemoryMap() {}

    static List<Range> of(long ramSize) {
        List<Range> ranges = new ArrayList<>();
        add(ranges, ramSize, 0, LOW_END, USABLE);
        add(ranges, ramSize, LOW_END, VIDEO, RESERVED);
        add(ranges, ramSize, FIRMWARE, HIGH, RESERVED);
        add(ranges, ramSize, HIGH, ramSize, USABLE);
        return ranges;
    }

    private static void add(List<Range> ranges, long ramSize, long start, long end, int type) {
        long last = Math.min(end, ramSize);
        if (last > start) {
            ranges.add(new Range(start, last - start, type));
        }
    }
}
