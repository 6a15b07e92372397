package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.proto.trace.v1.VectorCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Gathers what the index needs to know of a chunk, from its events; knows at every moment where the processor stands.
 */
final class SummaryBuilder {
    private Context context;
    private long ringSince;
    private long skipped;
    private final List<Long> rings = new ArrayList<>();
    private final Map<Integer, Long> vectors = new TreeMap<>();
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
        rings.clear();
        vectors.clear();
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
                vectors.merge(e.vector(), 1L, Long::sum);
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
        if (after != context) {
            context = after;
            roots.add(after.translationRoot());
        }
    }

    /** What the events say, up to a chunk's end; page lists and other counts are the caller's. */
    ChunkSummary.Builder finish(long position) {
        reside(position);
        ChunkSummary.Builder out = ChunkSummary.newBuilder()
                .addAllRingInstructions(rings)
                .setEventCounts(counts)
                .addAllTranslationRoots(roots);
        vectors.forEach((vector, count) ->
                out.addVectors(VectorCount.newBuilder().setVector(vector).setCount(count)));
        return out;
    }

    private void reside(long position) {
        long instructions = position - ringSince;
        ringSince = position;
        if (instructions <= 0) {
            return;
        }
        while (rings.size() <= context.ring()) {
            rings.add(0L);
        }
        rings.set(context.ring(), rings.get(context.ring()) + instructions);
    }
}
