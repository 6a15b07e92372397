package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.proto.trace.v1.VectorCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Adds up summaries of chunks. Page lists are left out; translation roots are kept up to a bound. */
final class SummaryTotals {
    static final int MAX_ROOTS = 4096;

    private final List<Long> rings = new ArrayList<>();
    private final Map<Integer, Long> vectors = new TreeMap<>();
    private final TreeSet<Long> roots = new TreeSet<>(Long::compareUnsigned);
    private final EventCounts.Builder counts = EventCounts.newBuilder();
    private long accesses;
    private long registerWrites;

    void add(ChunkSummary summary) {
        for (int ring = 0; ring < summary.getRingInstructionsCount(); ring++) {
            while (rings.size() <= ring) {
                rings.add(0L);
            }
            rings.set(ring, rings.get(ring) + summary.getRingInstructions(ring));
        }
        summary.getVectorsList().forEach(v -> vectors.merge(v.getVector(), v.getCount(), Long::sum));
        for (long root : summary.getTranslationRootsList()) {
            if (roots.size() < MAX_ROOTS) {
                roots.add(root);
            }
        }
        accesses += summary.getAccessCount();
        registerWrites += summary.getRegisterWriteCount();
        add(summary.getEventCounts());
    }

    private void add(EventCounts c) {
        counts.setRingChanges(counts.getRingChanges() + c.getRingChanges())
                .setTraps(counts.getTraps() + c.getTraps())
                .setTableUpdates(counts.getTableUpdates() + c.getTableUpdates())
                .setTranslationFlushes(counts.getTranslationFlushes() + c.getTranslationFlushes())
                .setSystemRegisterWrites(counts.getSystemRegisterWrites() + c.getSystemRegisterWrites())
                .setPortAccesses(counts.getPortAccesses() + c.getPortAccesses())
                .setDeviceAccesses(counts.getDeviceAccesses() + c.getDeviceAccesses())
                .setInputs(counts.getInputs() + c.getInputs())
                .setHalts(counts.getHalts() + c.getHalts())
                .setEnds(counts.getEnds() + c.getEnds());
    }

    ChunkSummary build() {
        ChunkSummary.Builder out = ChunkSummary.newBuilder()
                .addAllRingInstructions(rings)
                .setEventCounts(counts)
                .addAllTranslationRoots(roots)
                .setAccessCount(accesses)
                .setRegisterWriteCount(registerWrites);
        vectors.forEach((vector, count) ->
                out.addVectors(VectorCount.newBuilder().setVector(vector).setCount(count)));
        return out.build();
    }
}
