package dev.ringscope.trace.format;

import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.Snapshot.LinearPages;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import java.util.Arrays;

/**
 * The pages of data that were accessed in a chunk: fields 5, 6 and 11 to 15 of its summary. {@link ChunkTouches} asks
 * them.
 *
 * @param written physical pages, ascending
 * @param lines for each of them the lines of 64 bytes that were written; null: unknown, in files of older writers
 * @param read physical pages, ascending
 * @param linear null: unknown, in files of older writers
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChunkPages(long[] written, long[] lines, long[] read, LinearPages linear) {
    /** Linear page numbers are bits 12 to 47 of an address. */
    static final long LINEAR_MASK = (1L << 36) - 1;

    /** What a machine tells at the end of a chunk; its lists begin anew. */
    public static ChunkPages take(Snapshot snapshot) {
        long[] written = snapshot.takeWrittenPages();
        long[] lines = snapshot.writtenLines(written);
        LinearPages linear = snapshot.linearPages();
        return new ChunkPages(written, lines, snapshot.takeReadPages(), linear);
    }

    /** The number of a linear page, as the lists have it. */
    public static long linearPage(long address) {
        return address >>> 12 & LINEAR_MASK;
    }

    /** The canonical address at which a linear page begins. */
    static long linearAddress(long page) {
        return page << 28 >> 16;
    }

    void put(ChunkSummary.Builder summary) {
        summary.addAllPagesWritten(SortedDeltas.encode(written)).addAllPagesRead(SortedDeltas.encode(read));
        for (int i = 0; lines != null && i < lines.length; i++) {
            summary.addLinesWritten(lines[i]);
        }
        if (linear == null) {
            return;
        }
        summary.setLinearKnown(true).addAllLinearRead(SortedDeltas.encode(linear.read()));
        long page = 0;
        int next = 0;
        for (int i = 0; i < linear.written().length; i++) {
            int found = Arrays.binarySearch(written, linear.physical()[i]);
            int to = found < 0 ? written.length : found;
            summary.addLinearWritten(linear.written()[i] - page).addLinearWrittenTo(to - next);
            page = linear.written()[i];
            next = to + 1;
        }
    }

    /**
     * Reads the lists of a summary.
     *
     * @param place for what is said when they violate the format
     */
    public static ChunkPages of(Place place, ChunkSummary summary) {
        long[] written = SortedDeltas.sums(place, summary.getPagesWrittenList());
        long[] lines = null;
        int count = summary.getLinesWrittenCount();
        if (count > 0 || written.length == 0) {
            place.verify(count == written.length, "lines of %d written pages".formatted(written.length), count);
            lines = new long[count];
            Arrays.setAll(lines, summary::getLinesWritten);
        }
        long[] read = SortedDeltas.sums(place, summary.getPagesReadList());
        return new ChunkPages(written, lines, read, summary.getLinearKnown() ? linear(place, summary, written) : null);
    }

    private static LinearPages linear(Place place, ChunkSummary summary, long[] written) {
        int count = summary.getLinearWrittenCount();
        place.verify(
                summary.getLinearWrittenToCount() == count,
                "%d entries of linear_written_to".formatted(count),
                summary.getLinearWrittenToCount());
        long[] linear = new long[count];
        long[] physical = new long[count];
        long page = 0;
        long to = -1;
        String places = "a place from 0 to " + written.length;
        for (int i = 0; i < count; i++) {
            long delta = summary.getLinearWritten(i);
            place.verify(delta >= 0 && delta <= LINEAR_MASK - page, "a linear page of 36 bits", delta);
            page += delta;
            to += 1 + summary.getLinearWrittenTo(i);
            place.verify(to >= 0 && to <= written.length, places, to);
            linear[i] = page;
            physical[i] = to == written.length ? -1 : written[(int) to];
        }
        return new LinearPages(linear, physical, SortedDeltas.sums(place, summary.getLinearReadList()));
    }
}
