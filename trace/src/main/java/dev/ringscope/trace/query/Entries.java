package dev.ringscope.trace.query;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Entries of a ring that have not ended, by the place in the outer ring that they came from. Who goes out to just that
 * place ends them, on whatever stack. There is a bound: the oldest are forgotten.
 */
final class Entries {
    private static final int MOST = 1 << 14;
    private static final int OUTERMOST = 3;

    private record Place(int ring, long root, long pointer, long pc) {
        /** The kernel's stacks are taken to lie at the same addresses in all address spaces. */
        static Place of(int ring, long root, long pointer, long pc) {
            return new Place(ring, ring == OUTERMOST ? root & ~0xfffL : 0, pointer, pc);
        }
    }

    private final Map<Place, Frame> open = new LinkedHashMap<>();
    private final Map<Frame, Place> places = new LinkedHashMap<>();

    /**
     * @param root the outer ring's CR3
     * @param pointer linear address that its stack pointer stood at
     */
    void add(Frame entry, long root, long pointer) {
        Place place = Place.of(entry.outerRing, root, pointer, entry.returnTo);
        Frame before = open.put(place, entry);
        if (before != null) {
            places.remove(before);
        }
        places.put(entry, place);
        if (places.size() > MOST) {
            ended(places.keySet().iterator().next());
        }
    }

    /** The one that came from a place; null if none did. */
    Frame from(int ring, long root, long pointer, long pc) {
        return open.get(Place.of(ring, root, pointer, pc));
    }

    void ended(Frame entry) {
        Place place = places.remove(entry);
        if (place != null) {
            open.remove(place);
        }
    }
}
