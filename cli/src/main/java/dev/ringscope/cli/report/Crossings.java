package dev.ringscope.cli.report;

import dev.ringscope.cli.Names;
import dev.ringscope.emulator.Event;
import dev.ringscope.trace.format.RingEffect;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Ways from one ring to another: system calls, interrupts, returns, and how long the processor then stayed. */
final class Crossings implements Section {
    private record Way(Event.Cause cause, int from, int to, int vector) implements Comparable<Way> {
        @Override
        public int compareTo(Way other) {
            int order = cause.compareTo(other.cause);
            order = order == 0 ? Integer.compare(vector, other.vector) : order;
            order = order == 0 ? Integer.compare(from, other.from) : order;
            return order == 0 ? Integer.compare(to, other.to) : order;
        }
    }

    private static final class Crossed {
        private long count;
        private long first;
        private long last;
        private long stayed;
        private long longest;
    }

    private final Map<Way, Crossed> ways = new TreeMap<>();
    private final long end;
    private Crossed latest;
    private long since;

    Crossings(long end) {
        this.end = end;
    }

    @Override
    public String name() {
        return "crossings";
    }

    @Override
    public void see(Event event) {
        if (event instanceof Event.RingChange e && e.from() != e.to()) {
            long effect = Math.min(RingEffect.position(e), end);
            leave(effect);
            since = effect;
            latest = ways.computeIfAbsent(new Way(e.cause(), e.from(), e.to(), e.vector()), _ -> new Crossed());
            latest.first = latest.count++ == 0 ? e.position() : latest.first;
            latest.last = e.position();
        }
    }

    private void leave(long position) {
        if (latest != null) {
            latest.stayed += position - since;
            latest.longest = Math.max(latest.longest, position - since);
        }
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        leave(end);
        out.list();
        for (var entry : ways.entrySet()) {
            Way way = entry.getKey();
            Crossed crossed = entry.getValue();
            out.object()
                    .put("cause", Names.of(way.cause))
                    .put("from", way.from)
                    .put("to", way.to)
                    .put("vector", way.vector)
                    .put("count", crossed.count)
                    .put("first", crossed.first)
                    .put("last", crossed.last)
                    .put("stayed", crossed.stayed)
                    .put("longest", crossed.longest)
                    .endObject();
        }
        out.endList();
    }
}
