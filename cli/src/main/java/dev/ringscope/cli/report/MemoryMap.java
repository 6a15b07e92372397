package dev.ringscope.cli.report;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkPages;
import java.io.IOException;
import java.util.List;

/**
 * Which physical memory was written, read and executed when: a map of regions and time, from the index alone. Written
 * counts lines of 64 bytes where the index knows them, else whole pages; read and executed count pages.
 */
final class MemoryMap implements Section {
    private static final int COLUMNS = 400;
    private static final int ROWS = 96;
    private static final int LINES = 64;

    private final TraceReader trace;
    private long regionPages = 1;
    private int columns;
    private long[] starts;
    private long[][] written;
    private long[][] read;
    private long[][] executed;

    MemoryMap(TraceReader trace) {
        this.trace = trace;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        int perColumn = Math.max(1, Math.ceilDiv(trace.chunkCount(), COLUMNS));
        columns = Math.ceilDiv(trace.chunkCount(), perColumn);
        regionPages = Math.max(1, Math.ceilDiv(highest() + 1, (long) ROWS));
        starts = new long[columns];
        written = new long[ROWS][columns];
        read = new long[ROWS][columns];
        executed = new long[ROWS][columns];
        for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
            add(chunk, chunk / perColumn, chunk % perColumn == 0);
        }
        out.object().put("region", regionPages << 12).put("starts", starts);
        rows(out, "written", written);
        rows(out, "read", read);
        rows(out, "executed", executed);
        out.endObject();
    }

    private long highest() {
        long highest = 0;
        for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
            ChunkPages pages = trace.pages(chunk);
            highest = Math.max(highest, last(pages.written()));
            highest = Math.max(highest, last(pages.read()));
            highest = Math.max(highest, last(executed(chunk)));
        }
        return highest;
    }

    private static long last(long[] ascending) {
        return ascending.length == 0 ? 0 : ascending[ascending.length - 1];
    }

    private void add(int chunk, int column, boolean begins) {
        if (begins) {
            starts[column] = trace.map().chunks().get(chunk).firstPosition();
        }
        ChunkPages pages = trace.pages(chunk);
        for (int i = 0; i < pages.written().length; i++) {
            int lines = pages.lines() == null ? LINES : Long.bitCount(pages.lines()[i]);
            written[row(pages.written()[i])][column] += lines;
        }
        for (long page : pages.read()) {
            read[row(page)][column]++;
        }
        for (long page : executed(chunk)) {
            executed[row(page)][column]++;
        }
    }

    private int row(long page) {
        return (int) (page / regionPages);
    }

    private long[] executed(int chunk) {
        List<Long> deltas = trace.summary(chunk).getPagesExecutedList();
        long[] pages = new long[deltas.size()];
        long page = 0;
        for (int i = 0; i < pages.length; i++) {
            page += deltas.get(i);
            pages[i] = page;
        }
        return pages;
    }

    /** Rows with nothing in them are left out. */
    private void rows(ScriptJson out, String name, long[][] rows) throws IOException {
        out.name(name).list();
        for (int row = 0; row < ROWS; row++) {
            boolean any = false;
            for (long count : rows[row]) {
                any |= count > 0;
            }
            if (any) {
                out.object().put("row", row).put("counts", rows[row]).endObject();
            }
        }
        out.endList();
    }
}
