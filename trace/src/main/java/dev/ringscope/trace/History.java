package dev.ringscope.trace;

import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import dev.ringscope.trace.format.TraceOutput;
import java.io.IOException;

/** The packets of a trace, to be copied into another file as they are. */
final class History {
    private final TraceReader trace;
    private int chunk;

    History(TraceReader trace) {
        this.trace = trace;
    }

    /**
     * Copies everything up to a checkpoint, the checkpoint included.
     *
     * @return how many chunks that was
     */
    int copy(int checkpoint, TraceOutput out) throws IOException {
        TraceMap map = trace.map();
        for (CheckpointPlace place : map.checkpoints().subList(0, checkpoint + 1)) {
            copyChunks(map.firstChunkBehind(place), out);
            for (PagesPlace pages : place.packets()) {
                out.copy(pages, trace.body(pages.offset()));
            }
            out.copy(place, trace.body(place.offset()));
        }
        return chunk;
    }

    private void copyChunks(int end, TraceOutput out) throws IOException {
        for (; chunk < end; chunk++) {
            TraceMap.ChunkPlace place = trace.map().chunks().get(chunk);
            out.copy(place, trace.body(place.offset()));
        }
    }
}
