package dev.ringscope.trace.query;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkCode;
import dev.ringscope.trace.format.ChunkPages;
import java.util.Collection;

/**
 * The chunks that can hold an access, from the index alone. A chunk that holds it is never left out. Writes are told
 * apart by lines of 64 bytes, reads and executed code by pages; of what the index does not know (a chunk that was cut
 * while a recording went on, a file of an older writer) every chunk may hold it. One thread.
 */
public final class TouchedChunks {
    private final TraceReader trace;
    /** The lists read last, and the chunk that has them. */
    private ChunkPages pages;

    private int pagesOf = -1;

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
        if (access.kind() == Touch.Kind.EXECUTE) {
            ChunkCode code = trace.code(chunk);
            return access.space() == Touch.Space.LINEAR
                    ? code.mayRunLinear(access.address(), access.size())
                    : code.mayRunPhysical(access.address(), access.size());
        }
        int listed = chunk;
        while (listed < trace.chunkCount() && trace.summary(listed).getPagesUnknown()) {
            listed++;
        }
        if (listed == trace.chunkCount()) {
            return true;
        }
        if (listed != pagesOf) {
            pages = trace.pages(listed);
            pagesOf = listed;
        }
        boolean linear = access.space() == Touch.Space.LINEAR;
        return switch (access.kind()) {
            case WRITE ->
                linear
                        ? pages.mayWriteLinear(access.address(), access.size())
                        : pages.mayWritePhysical(access.address(), access.size());
            case READ ->
                linear
                        ? pages.mayReadLinear(access.address(), access.size())
                        : pages.mayReadPhysical(access.address(), access.size());
            case EXECUTE -> throw new IllegalStateException("answered above");
        };
    }
}
