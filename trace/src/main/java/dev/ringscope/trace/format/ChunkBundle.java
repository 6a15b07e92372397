package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.ChunkSummary;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * What the summaries of neighbouring chunks say together: whoever knows that none of them can hold an answer need not
 * look at each. {@link ChunkTouches} asks it like that of a chunk.
 */
final class ChunkBundle {
    /** Chunks in a bundle. */
    static final int CHUNKS = 64;

    private final SummaryTotals totals = new SummaryTotals();
    private final TreeSet<Long> written = new TreeSet<>();
    private final TreeSet<Long> read = new TreeSet<>();
    private final TreeSet<Long> executed = new TreeSet<>();
    private final TreeSet<Long> linearWritten = new TreeSet<>();
    private final TreeSet<Long> linearRead = new TreeSet<>();
    private final TreeSet<Long> linearExecuted = new TreeSet<>();
    private boolean linearKnown = true;
    private boolean linearExecutedKnown = true;
    private boolean pagesUnknown;
    private int count;

    void add(ChunkSummary summary) {
        count++;
        totals.add(summary);
        pagesUnknown = summary.getPagesUnknown();
        linearKnown &= pagesUnknown || summary.getLinearKnown();
        linearExecutedKnown &= summary.getLinearExecutedCount() > 0 || summary.getPagesExecutedCount() == 0;
        add(written, summary.getPagesWrittenList());
        add(read, summary.getPagesReadList());
        add(executed, summary.getPagesExecutedList());
        add(linearWritten, summary.getLinearWrittenList());
        add(linearRead, summary.getLinearReadList());
        add(linearExecuted, summary.getLinearExecutedList());
    }

    private static void add(Collection<Long> pages, List<Long> deltas) {
        for (long page : SortedDeltas.sums(deltas)) {
            pages.add(page);
        }
    }

    boolean whole() {
        return count == CHUNKS;
    }

    ChunkSummary build() {
        ChunkSummary.Builder out = totals.build().toBuilder().addAllPagesExecuted(deltas(executed));
        if (out.getTranslationRootsCount() == SummaryTotals.MAX_ROOTS) {
            out.clearTranslationRoots(); // there may have been more
        }
        if (linearExecutedKnown) {
            out.addAllLinearExecuted(deltas(linearExecuted));
        }
        if (pagesUnknown) {
            return out.setPagesUnknown(true).build();
        }
        out.addAllPagesWritten(deltas(written)).addAllPagesRead(deltas(read));
        if (linearKnown) {
            out.setLinearKnown(true).addAllLinearRead(deltas(linearRead)).addAllLinearWritten(deltas(linearWritten));
            for (int i = 0; i < linearWritten.size(); i++) {
                out.addLinearWrittenTo(i == 0 ? written.size() : -1);
            }
        }
        return out.build();
    }

    private static List<Long> deltas(TreeSet<Long> pages) {
        return SortedDeltas.encode(pages.stream().mapToLong(Long::longValue).toArray());
    }
}
