package dev.ringscope.trace.query;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkTouches;
import java.util.Collection;

/**
 * The chunks that can hold an access, from the index alone. A chunk that holds it is never left out. Writes are told
 * apart by lines of 64 bytes, reads and executed code by pages; of what the index does not know (a chunk that was cut
 * while a recording went on, a file of an older writer) every chunk may hold it.
 */
public final class TouchedChunks {
    private final TraceReader trace;
    /** @param trace may grow later */
    public TouchedChunks(TraceReader trace) {
        this.trace = trace;
    }

    /**
     * The last chunk at or before one that can hold one of the accesses.
     *
     * @param from number of a chunk; -1 for none
     * @return its number, -1 if there is none
     */
    public int last(int from, Collection<Touch> accesses) {
        for (int chunk = from; chunk >= 0; chunk--) {
            for (Touch access : accesses) {
                if (mayHold(chunk, access)) {
                    return chunk;
                }
            }
        }
        return -1;
    }

    /** Whether a chunk can hold the access. */
    public boolean mayHold(int chunk, Touch access) {
        boolean linear = access.space() == Touch.Space.LINEAR;
        long address = access.address();
        long size = access.size();
        if (access.kind() == Touch.Kind.EXECUTE) {
            ChunkTouches own = trace.touches(chunk);
            return linear ? own.mayRunLinear(address, size) : own.mayRunPhysical(address, size);
        }
        int listed = chunk;
        while (listed < trace.chunkCount() && trace.summary(listed).getPagesUnknown()) {
            listed++;
        }
        if (listed == trace.chunkCount()) {
            return true;
        }
        ChunkTouches touches = trace.touches(listed);
        return switch (access.kind()) {
            case WRITE -> linear ? touches.mayWriteLinear(address, size) : touches.mayWritePhysical(address, size);
            case READ -> linear ? touches.mayReadLinear(address, size) : touches.mayReadPhysical(address, size);
            case EXECUTE -> throw new IllegalStateException("answered above");
        };
    }
}
