package dev.ringscope.cli.report;

import dev.ringscope.cli.Names;
import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.symbols.Symbols;
import dev.ringscope.trace.symbols.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Exceptions and interrupts by vector and cause, with some of each: the first from different places. */
final class TrapTable implements Section {
    private static final int EXAMPLES = 6;
    private static final int COLUMNS = 120;

    private record Key(int vector, Event.Cause cause) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byVector = Integer.compare(vector, other.vector);
            return byVector == 0 ? cause.compareTo(other.cause) : byVector;
        }
    }

    private final class Group {
        private final long[] columns = new long[Math.min(COLUMNS, buckets.count())];
        private final List<Event.Trap> examples = new ArrayList<>();
        private long count;
        private long last;
        private long ended;
        private long instructions;
        private long longest;

        void add(Event.Trap e) {
            count++;
            last = e.position();
            columns[(int) ((long) buckets.at(e.position()) * columns.length / buckets.count())]++;
            boolean known = examples.stream()
                    .anyMatch(x -> x.pc() == e.pc() && x.reason().equals(e.reason()));
            if (examples.size() < EXAMPLES && !known) {
                examples.add(e);
            }
        }
    }

    private final Buckets buckets;
    private final Symbols symbols;
    private final Map<Key, Group> groups = new TreeMap<>();

    TrapTable(Buckets buckets, Symbols symbols) {
        this.buckets = buckets;
        this.symbols = symbols;
    }

    @Override
    public String name() {
        return "traps";
    }

    @Override
    public void see(Event event) {
        if (event instanceof Event.Trap e) {
            group(e).add(e);
        }
    }

    /** How long a handler ran. */
    void add(Interrupts.Interrupt handled) {
        if (handled.ended()) {
            Group group = group(handled.trap());
            group.ended++;
            group.instructions += handled.duration();
            group.longest = Math.max(group.longest, handled.duration());
        }
    }

    private Group group(Event.Trap e) {
        return groups.computeIfAbsent(new Key(e.vector(), e.cause()), _ -> new Group());
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        out.list();
        for (var entry : groups.entrySet()) {
            Key key = entry.getKey();
            Group group = entry.getValue();
            boolean exception = key.cause == Event.Cause.EXCEPTION || key.cause == Event.Cause.NMI;
            out.object()
                    .put("vector", key.vector)
                    .put("name", exception ? Vectors.name(key.vector) : "")
                    .put("cause", Names.of(key.cause))
                    .put("count", group.count)
                    .put("first", group.examples.getFirst().position())
                    .put("last", group.last)
                    .put("ended", group.ended)
                    .put("instructions", group.instructions)
                    .put("longest", group.longest)
                    .put("columns", group.columns)
                    .name("examples")
                    .list();
            for (Event.Trap e : group.examples) {
                example(out, e);
            }
            out.endList().endObject();
        }
        out.endList();
    }

    private void example(ScriptJson out, Event.Trap e) throws IOException {
        out.object()
                .put("position", e.position())
                .put("pc", symbols.describe(e.pc()))
                .put("reason", Names.of(e.reason()));
        if (e.errorCode() != -1) {
            out.hex("error", Integer.toUnsignedLong(e.errorCode()));
        }
        if (e.vector() == 14 && e.cause() == Event.Cause.EXCEPTION) {
            out.hex("address", e.address());
        }
        out.endObject();
    }
}
