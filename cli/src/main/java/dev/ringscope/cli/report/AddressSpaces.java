package dev.ringscope.cli.report;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.format.ContextEffect;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which page tables were in effect: how long each root of them, and which of them most in each bucket. */
final class AddressSpaces implements Section {
    private static final int MOST = 4096;
    private static final int SHOWN = 40;
    private static final long ROOT = ~0xfffL;
    /** Stands for those that came when there was no more room; no root looks like it. */
    private static final long OTHERS = 1;

    private static final class Space {
        private long instructions;
        private long switches;
        private long first = -1;
        private long last;
    }

    private final Buckets buckets;
    private final Map<Long, Space> spaces = new LinkedHashMap<>();
    private final Map<Long, Long> inBucket = new HashMap<>();
    private final long[] lane;
    private int bucket;
    private final ContextEffect effects;
    private long root;
    private long since;

    AddressSpaces(Buckets buckets, Context context) {
        this.buckets = buckets;
        effects = new ContextEffect(context);
        lane = new long[buckets.count()];
        enter(context.translationRoot());
    }

    @Override
    public String name() {
        return "spaces";
    }

    @Override
    public void see(Event event) {
        change(effects.see(event));
    }

    private void change(List<ContextEffect.Change> changes) {
        for (ContextEffect.Change change : changes) {
            pass(Math.min(change.position(), buckets.end()));
            enter(change.to().translationRoot());
        }
    }

    private void enter(long value) {
        long wanted = value & ROOT;
        if (!spaces.containsKey(wanted) && spaces.size() >= MOST) {
            wanted = OTHERS;
        }
        if (wanted != root || spaces.isEmpty()) {
            spaces.computeIfAbsent(wanted, _ -> new Space()).switches++;
            root = wanted;
        }
    }

    private void pass(long to) {
        if (to > since) {
            Space space = spaces.get(root);
            space.instructions += to - since;
            space.first = space.first < 0 ? since : space.first;
            space.last = to - 1;
            buckets.cut(since, to, this::add);
            since = to;
        }
    }

    private void add(int at, long instructions) {
        if (at != bucket) {
            close();
            bucket = at;
        }
        inBucket.merge(root, instructions, Long::sum);
    }

    private void close() {
        lane[bucket] = inBucket.entrySet().stream()
                .max(Map.Entry.<Long, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse(root);
        inBucket.clear();
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        change(effects.finish());
        pass(buckets.end());
        close();
        List<Map.Entry<Long, Space>> most = spaces.entrySet().stream()
                .filter(e -> e.getValue().instructions > 0)
                .sorted(Comparator.comparingLong((Map.Entry<Long, Space> e) -> e.getValue().instructions)
                        .reversed())
                .toList();
        Map<Long, Integer> numbers = new HashMap<>();
        out.object().put("count", most.size()).name("list").list();
        for (var entry : most.subList(0, Math.min(SHOWN, most.size()))) {
            numbers.put(entry.getKey(), numbers.size());
            Space space = entry.getValue();
            out.object()
                    .put("root", entry.getKey() == OTHERS ? "others" : "0x" + Long.toHexString(entry.getKey()))
                    .put("instructions", space.instructions)
                    .put("switches", space.switches)
                    .put("first", space.first)
                    .put("last", space.last)
                    .endObject();
        }
        out.endList().name("lane").list();
        for (long there : lane) {
            out.value(numbers.getOrDefault(there, -1));
        }
        out.endList().endObject();
    }
}
