package dev.ringscope.trace.export;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkPages;
import dev.ringscope.trace.query.VirtualClock;
import java.io.IOException;
import java.util.BitSet;

/** How much of the guest's memory has been read, written or executed since the picture's start, chunk by chunk. */
final class MemoryTrack {
    private static final int PAGE_SHIFT = 12;
    private static final long KIBIBYTES = 4;

    private final Exported exported;
    private final TrackWriter out;
    private final Track track;
    private final long pages;
    private final BitSet touched = new BitSet();

    MemoryTrack(Exported exported, Picture picture, TrackWriter out) throws IOException {
        this.exported = exported;
        this.out = out;
        pages = exported.recording().trace().machine().ramBytes() >>> PAGE_SHIFT;
        track = picture.counter("Memory touched", "KiB", picture.group("Memory"));
    }

    void draw() throws IOException {
        TraceReader trace = exported.recording().trace();
        long from = exported.range().from();
        out.count(track, VirtualClock.from(trace, from).at(from), 0);
        for (int i = trace.map().firstChunkReaching(from); i < trace.chunkCount(); i++) {
            exported.asker().check();
            long end = trace.map().chunks().get(i).endPosition();
            touch(trace, i);
            long shown = Math.min(end, exported.end());
            out.count(track, VirtualClock.from(trace, shown).at(shown), touched.cardinality() * KIBIBYTES);
            if (end >= exported.end()) {
                return;
            }
        }
    }

    private void touch(TraceReader trace, int chunk) {
        ChunkPages data = trace.pages(chunk);
        touch(data.written());
        touch(data.read());
        long page = 0;
        for (long delta : trace.summary(chunk).getPagesExecutedList()) {
            page += delta;
            touch(page);
        }
    }

    private void touch(long[] numbers) {
        for (long page : numbers) {
            touch(page);
        }
    }

    private void touch(long page) {
        if (page >= 0 && page < pages) {
            touched.set((int) page);
        }
    }
}
