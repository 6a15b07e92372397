package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;

/** How much traffic was there with devices: by port, by register in memory, and what came from outside? */
public final class Devices {
    /** So many places can be told apart; those that come later are told together, under the number -1. */
    private static final int MOST = 1 << 16;

    /** How a device is reached. */
    public enum Way {
        PORT,
        /** A register at a physical address. */
        MEMORY,
        /** What was sent to it from outside the machine. */
        INPUT
    }

    /**
     * The traffic at one place.
     *
     * @param number the port or physical address; -1 for inputs, and for all further places
     * @param source of an input: who sent it; else empty
     * @param bytes read and written together, or received
     * @param first position of the first access
     * @param last position of the last one
     */
    public record Traffic(
            Way way, long number, String source, long reads, long writes, long bytes, long first, long last) {
        private Traffic and(boolean write, long size, long position) {
            return new Traffic(
                    way,
                    number,
                    source,
                    reads + (write ? 0 : 1),
                    writes + (write ? 1 : 0),
                    bytes + size,
                    first < 0 ? position : first,
                    position);
        }
    }

    private record Place(Way way, long number, String source) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byWay = way.compareTo(other.way);
            int byNumber = byWay != 0 ? byWay : Long.compareUnsigned(number, other.number);
            return byNumber != 0 ? byNumber : source.compareTo(other.source);
        }
    }

    private Devices() {}

    /**
     * Ports first, then registers in memory, each by number, then inputs by name. An input counts as a write.
     *
     * @param filter its addresses are those of device registers in memory: with them, nothing else is told
     */
    public static void list(Recording recording, Filter filter, Answers<Traffic> answers) throws IOException {
        Map<Place, Traffic> places = new TreeMap<>();
        Filter all =
                filter.withRange(new Range(filter.range().from(), filter.range().to(), 0));
        EnumSet<Events.Kind> kinds = EnumSet.of(Events.Kind.PORT_ACCESS, Events.Kind.DEVICE_ACCESS, Events.Kind.INPUT);
        Events.list(recording, kinds, all, Answers.asked(answers, event -> {
            see(event, places);
            return true;
        }));
        Answers<Traffic> wanted = filter.range().limit(answers);
        for (Traffic traffic : places.values()) {
            if (!wanted.take(traffic)) {
                return;
            }
        }
    }

    private static void see(Event event, Map<Place, Traffic> places) {
        switch (event) {
            case Event.PortAccess e ->
                add(places, new Place(Way.PORT, e.port(), ""), e.write(), e.size(), e.position());
            case Event.DeviceAccess e ->
                add(places, new Place(Way.MEMORY, e.address(), ""), e.write(), e.size(), e.position());
            case Event.Input e ->
                add(places, new Place(Way.INPUT, -1, e.source()), true, e.data().length, e.position());
            default -> throw new IllegalStateException("not asked for: " + event);
        }
    }

    private static void add(Map<Place, Traffic> places, Place place, boolean write, long size, long position) {
        Place there = places.size() < MOST || places.containsKey(place) ? place : new Place(place.way, -1, "");
        Traffic before =
                places.getOrDefault(there, new Traffic(there.way, there.number, there.source, 0, 0, 0, -1, -1));
        places.put(there, before.and(write, size, position));
    }
}
