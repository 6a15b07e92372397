package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.ChunkSummary;
import java.util.function.IntToLongFunction;
import java.util.function.LongPredicate;

/**
 * Whether a chunk can have accessed an address, from its summary. Nothing is copied: a search asks thousands of
 * summaries, each of them once.
 *
 * @param place for what is said when the lists violate the format
 */
public record ChunkTouches(Place place, ChunkSummary summary) {
    private static final int LINE = 64;
    private static final int PAGE = 4096;

    /** Whether any of these physical addresses can have been written. */
    public boolean mayWritePhysical(long address, long size) {
        long last = address + size - 1;
        long page = 0;
        for (int i = 0; i < summary.getPagesWrittenCount(); i++) {
            page += step(summary.getPagesWritten(i));
            if (page > last >>> 12) {
                return false;
            }
            if (page >= address >>> 12 && (lines(i) & wanted(page << 12, address, last)) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether an instruction, or the processor on its own, can have stored to any of these linear addresses. */
    public boolean mayWriteLinear(long address, long size) {
        if (!summary.getLinearKnown()) {
            return true;
        }
        long last = address + size - 1;
        for (long start = address & -PAGE; start <= last; start += PAGE) {
            if (mayWrite(ChunkPages.linearPage(start), wanted(start, address, last))) {
                return true;
            }
        }
        return false;
    }

    /** Whether stores to any of these lines can have gone through a linear page. */
    private boolean mayWrite(long wantedPage, long wantedLines) {
        int count = summary.getLinearWrittenCount();
        place.verify(
                summary.getLinearWrittenToCount() == count,
                "%d entries of linear_written_to".formatted(count),
                summary.getLinearWrittenToCount());
        long page = 0;
        long to = -1;
        for (int i = 0; i < count && page <= wantedPage; i++) {
            page += step(summary.getLinearWritten(i));
            to += 1 + summary.getLinearWrittenTo(i);
            if (page == wantedPage && (linesAt(to) & wantedLines) != 0) {
                return true;
            }
        }
        return false;
    }

    private long linesAt(long to) {
        int pages = summary.getPagesWrittenCount();
        if (to == pages) {
            return -1;
        }
        place.verify(to >= 0 && to < pages, "a place from 0 to %d".formatted(pages), to);
        return lines((int) to);
    }

    /** The lines that were written of the page at a place of the list. */
    private long lines(int i) {
        int count = summary.getLinesWrittenCount();
        if (count == 0) {
            return -1;
        }
        int pages = summary.getPagesWrittenCount();
        place.verify(count == pages, "lines of %d written pages".formatted(pages), count);
        return summary.getLinesWritten(i);
    }

    /** Whether data can have been read from any of these linear addresses; page by page. */
    public boolean mayReadLinear(long address, long size) {
        return !summary.getLinearKnown()
                || holdsLinear(summary.getLinearReadCount(), summary::getLinearRead, address, size);
    }

    public boolean mayReadPhysical(long address, long size) {
        return holds(summary.getPagesReadCount(), summary::getPagesRead, address >>> 12, address + size - 1 >>> 12);
    }

    /** Whether an instruction that begins in a linear range can have retired, or raised an exception. */
    public boolean mayRunLinear(long address, long size) {
        int count = summary.getLinearExecutedCount();
        boolean unknown = count == 0 && summary.getPagesExecutedCount() > 0;
        return unknown || holdsLinear(count, summary::getLinearExecuted, address, size);
    }

    /**
     * Whether an instruction can have retired, or raised an exception, that begins in a linear page.
     *
     * @param pages asked with the first address of each page in which instructions began
     */
    public boolean mayRun(LongPredicate pages) {
        int count = summary.getLinearExecutedCount();
        if (count == 0) {
            return summary.getPagesExecutedCount() > 0;
        }
        long page = 0;
        for (int i = 0; i < count; i++) {
            page += step(summary.getLinearExecuted(i));
            if (pages.test(ChunkPages.linearAddress(page))) {
                return true;
            }
        }
        return false;
    }

    /** Whether an instruction that begins in a physical range can have retired. */
    public boolean mayRunPhysical(long address, long size) {
        return holds(
                summary.getPagesExecutedCount(), summary::getPagesExecuted, address >>> 12, address + size - 1 >>> 12);
    }

    private boolean holdsLinear(int count, IntToLongFunction deltas, long address, long size) {
        for (long start = address & -PAGE; start <= address + size - 1; start += PAGE) {
            long page = ChunkPages.linearPage(start);
            if (holds(count, deltas, page, page)) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(int count, IntToLongFunction deltas, long first, long last) {
        long page = 0;
        for (int i = 0; i < count && page <= last; i++) {
            page += step(deltas.applyAsLong(i));
            if (page >= first && page <= last) {
                return true;
            }
        }
        return false;
    }

    private long step(long delta) {
        place.verify(delta >= 0 && delta < 1L << 52, "an ascending list of pages", delta);
        return delta;
    }

    /** The lines of the page that begins at {@code start} which lie in a range. */
    private static long wanted(long start, long first, long last) {
        int from = (int) (Math.max(first - start, 0) / LINE);
        int to = (int) (Math.min(last - start, PAGE - 1) / LINE);
        return -1L << from & -1L >>> 63 - to;
    }
}
