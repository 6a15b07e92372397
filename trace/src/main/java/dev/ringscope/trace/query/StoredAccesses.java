package dev.ringscope.trace.query;

import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.AccessCursor;
import java.io.IOException;

/** The data accesses that a file stores, from a position on, through all its chunks. */
final class StoredAccesses {
    private final TraceReader trace;
    private final ChunkWalker walker;
    private final Asker asker;
    private int chunk;
    private AccessCursor access;
    private boolean present;

    /** Stands at the first access at or behind the position. */
    StoredAccesses(TraceReader trace, long position, Asker asker) throws IOException {
        this.trace = trace;
        this.asker = asker;
        walker = trace.chunks();
        chunk = trace.map().firstChunkReaching(position);
        do {
            next();
        } while (present && access.position() < position);
    }

    void next() throws IOException {
        present = access != null && access.next();
        while (!present && chunk < trace.chunkCount()) {
            asker.check();
            access = walker.decode(chunk++).accesses();
            present = access.next();
        }
    }

    /** Position of the present access; {@link Long#MAX_VALUE} behind the last one. */
    long position() {
        return present ? access.position() : Long.MAX_VALUE;
    }

    /** Whether the present accesses, which both have, are the same. */
    boolean same(StoredAccesses other) {
        return access.position() == other.access.position()
                && access.address() == other.access.address()
                && access.value() == other.access.value()
                && access.size() == other.access.size()
                && access.write() == other.access.write();
    }
}
