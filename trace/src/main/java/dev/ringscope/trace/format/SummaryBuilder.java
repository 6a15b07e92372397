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

    private static final Event.Cause[] CAUSES = Event.Cause.values();
    private static final Event.Mode[] MODES = Event.Mode.values();

    /** Where the processor stands: ring, ordinal of the mode, translation root. */
    private int ring;

    private int mode;
    private long root;
    private long ringSince;
    private long skipped;
    /** Instructions in each ring. */
    private final long[] rings = new long[RINGS];
    /** Traps by vector. */
    private final long[] vectors = new long[VECTORS];

    private final TreeSet<Long> roots = new TreeSet<>(Long::compareUnsigned);
    /** How many rows of each sort of {@link EventRows}. */
    private final long[] sorts = new long[EventRows.OTHER + 1];

    /** Rings, vectors and sorts as they were at {@link #cycle}, and {@link #ringSince}. */
    private final long[] cycle = new long[RINGS + VECTORS + EventRows.OTHER + 1];

    private long cycleSince;

    private EventCounts.Builder others = EventCounts.newBuilder();

    /** Where the processor stands after the events so far. */
    Context context() {
        return new Context(ring, MODES[mode], root);
    }

    /** Nanoseconds that the processor slept in the chunk. */
    long skipped() {
        return skipped;
    }

    void start(long position, Context start) {
        ring = start.ring();
        mode = start.mode().ordinal();
        root = start.translationRoot();
        ringSince = position;
        skipped = 0;
        Arrays.fill(rings, 0);
        Arrays.fill(vectors, 0);
        roots.clear();
        roots.add(root);
        Arrays.fill(sorts, 0);
        others = EventCounts.newBuilder();
    }

    /** The context after it is that of {@link ContextEffect#after}. */
    void add(EventRows rows, int row, long position) {
        int sort = rows.sort(row);
        sorts[sort]++;
        switch (sort) {
            case EventRows.RING_CHANGE -> {
                boolean retires = RingEffect.retires(CAUSES[rows.ringCause(row)], rows.ringVector(row));
                reside(position + (retires ? 1 : 0));
                ring = rows.ringTo(row);
                mode = rows.modeTo(row);
            }
            case EventRows.TRAP -> vectors[rows.trapVector(row)]++;
            case EventRows.SYSTEM_REGISTER_WRITE -> {
                if (ContextEffect.namesRoot(rows.text(row)) && rows.large(row, 1) != root) {
                    root = rows.large(row, 1);
                    roots.add(root);
                }
            }
            case EventRows.OTHER -> add(rows.other(row));
            default -> {} // counted
        }
    }

    /** What is added next comes {@link #again}. */
    void cycle() {
        copy(rings, vectors, sorts, cycle);
        cycleSince = ringSince;
    }

    /** What was added since {@link #cycle} comes so many times more, so many instructions apart. */
    void again(int times, long distance) {
        long[] after = new long[cycle.length];
        copy(rings, vectors, sorts, after);
        for (int i = 0; i < after.length; i++) {
            after[i] += (after[i] - cycle[i]) * times;
        }
        System.arraycopy(after, 0, rings, 0, RINGS);
        System.arraycopy(after, RINGS, vectors, 0, VECTORS);
        System.arraycopy(after, RINGS + VECTORS, sorts, 0, sorts.length);
        ringSince += ringSince == cycleSince ? 0 : times * distance;
    }

    private static void copy(long[] rings, long[] vectors, long[] sorts, long[] to) {
        System.arraycopy(rings, 0, to, 0, RINGS);
        System.arraycopy(vectors, 0, to, RINGS, VECTORS);
        System.arraycopy(sorts, 0, to, RINGS + VECTORS, sorts.length);
    }

    private void add(Event event) {
        switch (event) {
            case Event.PortAccess _ -> others.setPortAccesses(others.getPortAccesses() + 1);
            case Event.DeviceAccess _ -> others.setDeviceAccesses(others.getDeviceAccesses() + 1);
            case Event.Input _ -> others.setInputs(others.getInputs() + 1);
            case Event.Halt e -> {
                others.setHalts(others.getHalts() + 1);
                skipped += e.until() - e.from();
            }
            case Event.End _ -> others.setEnds(others.getEnds() + 1);
            case Event.RingChange _,
                    Event.Trap _,
                    Event.TableUpdate _,
                    Event.TranslationFlush _,
                    Event.SystemRegisterWrite _ ->
                throw new IllegalArgumentException("an event that has rows of its own: " + event);
        }
    }

    /** What the events say, up to a chunk's end; page lists and other counts are the caller's. */
    ChunkSummary.Builder finish(long position) {
        reside(position);
        ChunkSummary.Builder out = ChunkSummary.newBuilder()
                .addAllRingInstructions(trimmed(rings))
                .setEventCounts(others.setRingChanges(sorts[EventRows.RING_CHANGE])
                        .setTraps(sorts[EventRows.TRAP])
                        .setTableUpdates(sorts[EventRows.TABLE_UPDATE])
                        .setTranslationFlushes(sorts[EventRows.TRANSLATION_FLUSH])
                        .setSystemRegisterWrites(sorts[EventRows.SYSTEM_REGISTER_WRITE]))
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
        rings[ring] += instructions;
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
