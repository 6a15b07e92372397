package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.proto.trace.v1.VectorCount;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Gathers what the index needs to know of a chunk, from its events; knows at every moment where the processor stands.
 */
final class SummaryBuilder {
    private static final int RINGS = 4;
    private static final int VECTORS = 256;

    private Context context;
    private long ringSince;
    private long skipped;
    /** Instructions in each ring. */
    private final long[] rings = new long[RINGS];
    /** Traps by vector. */
    private final long[] vectors = new long[VECTORS];

    private final TreeSet<Long> roots = new TreeSet<>(Long::compareUnsigned);
    private EventCounts.Builder counts = EventCounts.newBuilder();

    /** Where the processor stands after the events so far. */
    Context context() {
        return context;
    }

    /** Nanoseconds that the processor slept in the chunk. */
    long skipped() {
        return skipped;
    }

    void start(long position, Context start) {
        context = start;
        ringSince = position;
        skipped = 0;
        Arrays.fill(rings, 0);
        Arrays.fill(vectors, 0);
        roots.clear();
        roots.add(start.translationRoot());
        counts = EventCounts.newBuilder();
    }

    void add(Event event) {
        switch (event) {
            case Event.RingChange e -> {
                counts.setRingChanges(counts.getRingChanges() + 1);
                reside(RingEffect.position(e));
            }
            case Event.Trap e -> {
                counts.setTraps(counts.getTraps() + 1);
                vectors[e.vector()]++;
            }
            case Event.TableUpdate _ -> counts.setTableUpdates(counts.getTableUpdates() + 1);
            case Event.TranslationFlush _ -> counts.setTranslationFlushes(counts.getTranslationFlushes() + 1);
            case Event.SystemRegisterWrite _ -> counts.setSystemRegisterWrites(counts.getSystemRegisterWrites() + 1);
            case Event.PortAccess _ -> counts.setPortAccesses(counts.getPortAccesses() + 1);
            case Event.DeviceAccess _ -> counts.setDeviceAccesses(counts.getDeviceAccesses() + 1);
            case Event.Input _ -> counts.setInputs(counts.getInputs() + 1);
            case Event.Halt e -> {
                counts.setHalts(counts.getHalts() + 1);
                skipped += e.until() - e.from();
            }
            case Event.End _ -> counts.setEnds(counts.getEnds() + 1);
        }
        Context after = ContextEffect.after(context, event);
        if (after.translationRoot() != context.translationRoot()) {
            roots.add(after.translationRoot());
        }
        context = after;
    }

    /** What the events say, up to a chunk's end; page lists and other counts are the caller's. */
    ChunkSummary.Builder finish(long position) {
        reside(position);
        ChunkSummary.Builder out = ChunkSummary.newBuilder()
                .addAllRingInstructions(trimmed(rings))
                .setEventCounts(counts)
                .addAllTranslationRoots(roots);
        for (int vector = 0; vector < VECTORS; vector++) {
            if (vectors[vector] > 0) {
                out.addVectors(VectorCount.newBuilder().setVector(vector).setCount(vectors[vector]));
            }
        }
        return out;
    }

    private void reside(long position) {
        long instructions = position - ringSince;
        ringSince = position;
        if (instructions <= 0) {
            return;
        }
        rings[context.ring()] += instructions;
    }

    /** Up to the last one that is not 0. */
    private static List<Long> trimmed(long[] counts) {
        int length = counts.length;
        while (length > 0 && counts[length - 1] == 0) {
            length--;
        }
        return Arrays.stream(counts, 0, length).boxed().toList();
    }
}
