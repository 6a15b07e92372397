package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.ChunkSummary;
import java.util.Arrays;

/**
 * The pages of code that a chunk executes: fields 7 and 16 of its summary.
 *
 * @param physical pages, ascending
 * @param linear pages, ascending; null: unknown, in files of older writers
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChunkCode(long[] physical, long[] linear) {
    /**
     * Reads the lists of a summary.
     *
     * @param place for what is said when they violate the format
     */
    public static ChunkCode of(Place place, ChunkSummary summary) {
        long[] physical = SortedDeltas.sums(place, summary.getPagesExecutedList());
        boolean known = summary.getLinearExecutedCount() > 0 || physical.length == 0;
        return new ChunkCode(physical, known ? SortedDeltas.sums(place, summary.getLinearExecutedList()) : null);
    }

    /** Whether an instruction that begins in a linear range can have retired, or raised an exception. */
    public boolean mayRunLinear(long address, long size) {
        return linear == null || ChunkPages.holds(linear, address, size);
    }

    /** Whether an instruction that begins in a physical range can have retired. */
    public boolean mayRunPhysical(long address, long size) {
        int found = Arrays.binarySearch(physical, address >>> 12);
        int at = found < 0 ? -1 - found : found;
        return at < physical.length && physical[at] <= address + size - 1 >>> 12;
    }
}
