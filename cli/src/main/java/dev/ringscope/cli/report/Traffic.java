package dev.ringscope.cli.report;

import dev.ringscope.emulator.Event;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** What devices were asked and told: by port, by page of device registers, and what came from outside. */
final class Traffic implements Section {
    private static final int MOST = 4096;
    private static final int SHOWN = 40;

    private static final class Place {
        private long reads;
        private long writes;
        private long bytes;
        private long first = -1;
        private long last;

        void add(long position, boolean write, int size) {
            reads += write ? 0 : 1;
            writes += write ? 1 : 0;
            bytes += size;
            first = first < 0 ? position : first;
            last = position;
        }

        long total() {
            return reads + writes;
        }
    }

    private final Map<String, Place> ports = new HashMap<>();
    private final Map<String, Place> registers = new HashMap<>();
    private final Map<String, Place> inputs = new HashMap<>();

    @Override
    public String name() {
        return "traffic";
    }

    @Override
    public void see(Event event) {
        switch (event) {
            case Event.PortAccess e -> place(ports, "0x%x".formatted(e.port())).add(e.position(), e.write(), e.size());
            case Event.DeviceAccess e ->
                place(registers, "0x" + Long.toHexString(e.address() & -4096)).add(e.position(), e.write(), e.size());
            case Event.Input e -> place(inputs, e.source()).add(e.position(), false, e.data().length);
            case Event.RingChange _,
                    Event.Trap _,
                    Event.TableUpdate _,
                    Event.TranslationFlush _,
                    Event.SystemRegisterWrite _,
                    Event.Halt _,
                    Event.End _ -> {}
        }
    }

    private static Place place(Map<String, Place> places, String name) {
        Place there = places.get(name);
        return there != null ? there : places.computeIfAbsent(places.size() < MOST ? name : "others", _ -> new Place());
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        out.object();
        list(out, "ports", ports);
        list(out, "registers", registers);
        list(out, "inputs", inputs);
        out.endObject();
    }

    private static void list(ScriptJson out, String name, Map<String, Place> places) throws IOException {
        out.put(name + "_count", places.size()).name(name).list();
        var most = places.entrySet().stream()
                .sorted(Comparator.comparingLong(
                                (Map.Entry<String, Place> e) -> e.getValue().total())
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(SHOWN)
                .toList();
        for (var entry : most) {
            Place place = entry.getValue();
            out.object()
                    .put("place", entry.getKey())
                    .put("reads", place.reads)
                    .put("writes", place.writes)
                    .put("bytes", place.bytes)
                    .put("first", place.first)
                    .put("last", place.last)
                    .endObject();
        }
        out.endList();
    }
}
