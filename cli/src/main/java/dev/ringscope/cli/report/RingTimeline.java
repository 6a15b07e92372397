package dev.ringscope.cli.report;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.format.RingEffect;
import java.io.IOException;
import java.util.Arrays;

/**
 * In which ring the processor was: instructions by ring and bucket, and the changes themselves as long as there are few
 * enough to draw, each at the first instruction in the new ring.
 */
final class RingTimeline implements Section {
    static final int CHANGES = 20_000;
    private static final int RINGS = 4;

    private final Buckets buckets;
    private final long[][] instructions;
    private final int start;
    private final long[] positions = new long[CHANGES];
    private final long[] rings = new long[CHANGES];
    private final long[] causes = new long[CHANGES];
    private int changes;
    private long since;
    private int ring;

    RingTimeline(Buckets buckets, Context context) {
        this.buckets = buckets;
        instructions = new long[RINGS][buckets.count()];
        start = context.ring();
        ring = start;
    }

    @Override
    public String name() {
        return "timeline";
    }

    @Override
    public void see(Event event) {
        if (!(event instanceof Event.RingChange e)) {
            return;
        }
        pass(Math.min(RingEffect.position(e), buckets.end()));
        ring = e.to();
        if (changes < CHANGES) {
            positions[changes] = since;
            rings[changes] = e.to();
            causes[changes] = e.cause().ordinal();
        }
        changes = Math.min(changes + 1, CHANGES + 1);
    }

    private void pass(long to) {
        buckets.cut(since, to, (bucket, count) -> instructions[ring][bucket] += count);
        since = Math.max(since, to);
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        pass(buckets.end());
        out.object().put("start", start).name("rings").list();
        for (long[] counts : instructions) {
            out.values(counts, counts.length);
        }
        out.endList();
        if (changes <= CHANGES) {
            out.name("changes").object();
            out.name("position").values(positions, changes);
            out.name("ring").values(rings, changes);
            out.name("cause").values(causes, changes);
            out.endObject();
        }
        out.put(
                "causes",
                Arrays.stream(Event.Cause.values())
                        .map(dev.ringscope.cli.Names::of)
                        .toList());
        out.endObject();
    }
}
