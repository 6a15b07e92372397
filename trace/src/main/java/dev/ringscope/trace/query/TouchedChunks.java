package dev.ringscope.trace.query;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkTouches;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The chunks that can hold an access, from the index alone. A chunk that holds it is never left out. Writes are told
 * apart by lines of 64 bytes, reads and executed code by pages; of what the index does not know (a chunk that was cut
 * while a recording went on, a file of an older writer) every chunk may hold it. Bundles of chunks are asked before
 * their chunks.
 */
public final class TouchedChunks {
    private static final byte MAY = 1;
    private static final byte CANNOT = 2;
    /** A gdb that moves its watchpoints about is not to fill memory. */
    private static final int MOST_REMEMBERED = 256;

    private final TraceReader trace;
    /** What has been found out about each bundle of chunks, 0 for nothing. Several threads may find out the same. */
    private final Map<Touch, byte[]> bundles = new ConcurrentHashMap<>();

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
        return bundleMayHold(trace.map().bundleOf(chunk), access) && mayHoldByItself(chunk, access);
    }

    private boolean bundleMayHold(int bundle, Touch access) {
        if (bundle < 0) {
            return true;
        }
        byte[] known = bundles.get(access);
        if (known == null || bundle >= known.length) {
            if (bundles.size() >= MOST_REMEMBERED) {
                bundles.clear();
            }
            known = new byte[trace.map().bundles().size()];
            bundles.put(access, known);
        }
        if (known[bundle] == 0) {
            boolean may = access.kind() != Touch.Kind.EXECUTE
                            && trace.bundleSummary(bundle).getPagesUnknown()
                    || mayHold(trace.bundleTouches(bundle), access);
            known[bundle] = may ? MAY : CANNOT;
        }
        return known[bundle] == MAY;
    }

    private boolean mayHoldByItself(int chunk, Touch access) {
        if (access.kind() == Touch.Kind.EXECUTE) {
            return mayHold(trace.touches(chunk), access);
        }
        int listed = chunk;
        while (listed < trace.chunkCount() && trace.map().chunks().get(listed).pagesUnknown()) {
            listed++;
        }
        return listed == trace.chunkCount() || mayHold(trace.touches(listed), access);
    }

    private static boolean mayHold(ChunkTouches touches, Touch access) {
        boolean linear = access.space() == Touch.Space.LINEAR;
        long address = access.address();
        long size = access.size();
        return switch (access.kind()) {
            case WRITE -> linear ? touches.mayWriteLinear(address, size) : touches.mayWritePhysical(address, size);
            case READ -> linear ? touches.mayReadLinear(address, size) : touches.mayReadPhysical(address, size);
            case EXECUTE -> linear ? touches.mayRunLinear(address, size) : touches.mayRunPhysical(address, size);
        };
    }
}
