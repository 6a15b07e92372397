package dev.ringscope.cli.report;

import dev.ringscope.cli.Names;
import dev.ringscope.emulator.Event;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which linear addresses got other translations when: a map of regions and time. Regions begin as pages and become
 * larger when there are too many of them.
 */
final class PageTableMap implements Section {
    private static final int ROWS = 32;
    private static final int LEVELS = 6;
    private static final int COARSER = 3;

    private final Buckets buckets;
    private final Map<String, Long> writers = new TreeMap<>();
    private final long[] levels = new long[LEVELS];
    private TreeMap<Long, long[]> rows = new TreeMap<>(Long::compareUnsigned);
    private int shift = 12;

    /** @param buckets the map's columns */
    PageTableMap(Buckets buckets) {
        this.buckets = buckets;
    }

    @Override
    public String name() {
        return "tables";
    }

    @Override
    public void see(Event event) {
        if (event instanceof Event.TableUpdate e) {
            writers.merge(Names.of(e.writer()), 1L, Long::sum);
            levels[Math.clamp(e.level(), 0, LEVELS - 1)]++;
            row(e.first() >>> shift)[buckets.at(e.position())]++;
            while (rows.size() > ROWS) {
                coarsen();
            }
        }
    }

    private long[] row(long region) {
        return rows.computeIfAbsent(region, _ -> new long[buckets.count()]);
    }

    private void coarsen() {
        TreeMap<Long, long[]> fine = rows;
        rows = new TreeMap<>(Long::compareUnsigned);
        shift += COARSER;
        fine.forEach((region, counts) -> {
            long[] sums = row(region >>> COARSER);
            for (int i = 0; i < counts.length; i++) {
                sums[i] += counts[i];
            }
        });
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        out.object().put("bucket", buckets.width()).put("shift", shift).put("levels", levels);
        out.name("writers").object();
        for (var entry : writers.entrySet()) {
            out.put(entry.getKey(), entry.getValue());
        }
        out.endObject().name("rows").list();
        for (var entry : rows.entrySet()) {
            out.object().hex("first", entry.getKey() << shift).put("counts", entry.getValue());
            out.endObject();
        }
        out.endList().endObject();
    }
}
