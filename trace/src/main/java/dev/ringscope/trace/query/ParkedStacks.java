package dev.ringscope.trace.query;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stacks with frames on which nobody runs: of threads that wait. Those of ring 3 belong to an address space; the
 * kernel's are taken to lie at the same addresses in all of them. There is a bound: those left longest ago are
 * forgotten.
 */
final class ParkedStacks {
    private static final int MOST = 1 << 14;
    private static final int OUTERMOST = 3;

    private record Space(int ring, long root) {}

    private final Map<Space, TreeMap<Long, CallStack>> spaces = new HashMap<>();
    /** All of them, by when they were left. */
    private final TreeMap<Long, Parked> order = new TreeMap<>();

    private final Map<CallStack, Long> times = new HashMap<>();
    private long clock;

    private record Parked(Space space, CallStack stack) {}

    private static Space space(int ring, long root) {
        return new Space(ring, ring == OUTERMOST ? root & ~0xfffL : 0);
    }

    /** Memory that it has is no other's. */
    void park(CallStack stack, long root) {
        Space space = space(stack.ring, root);
        TreeMap<Long, CallStack> there = spaces.computeIfAbsent(space, _ -> new TreeMap<>(Long::compareUnsigned));
        for (Iterator<CallStack> above =
                        there.tailMap(stack.pointer, true).values().iterator();
                above.hasNext(); ) {
            CallStack other = above.next();
            if (!other.overlaps(stack)) {
                break;
            }
            above.remove();
            forget(other);
        }
        there.put(stack.high, stack);
        times.put(stack, clock);
        order.put(clock++, new Parked(space, stack));
        if (order.size() > MOST) {
            Parked oldest = order.firstEntry().getValue();
            take(oldest.space, oldest.stack);
        }
    }

    /** Takes the one that holds an address, or would next; null if none does. */
    CallStack resume(int ring, long root, long address) {
        Space space = space(ring, root);
        TreeMap<Long, CallStack> there = spaces.get(space);
        Map.Entry<Long, CallStack> above = there == null ? null : there.ceilingEntry(address);
        if (above == null || !above.getValue().holds(address, above.getValue().slack)) {
            return null;
        }
        take(space, above.getValue());
        return above.getValue();
    }

    /** Takes the one that stands at an address; null if none does. */
    CallStack standing(int ring, long root, long pointer) {
        Space space = space(ring, root);
        TreeMap<Long, CallStack> there = spaces.get(space);
        Map.Entry<Long, CallStack> above = there == null ? null : there.ceilingEntry(pointer);
        if (above == null || above.getValue().pointer != pointer) {
            return null;
        }
        take(space, above.getValue());
        return above.getValue();
    }

    /** One that was left is done with. */
    void drop(CallStack stack) {
        Long time = times.get(stack);
        if (time != null) {
            take(order.get(time).space, stack);
        }
    }

    private void take(Space space, CallStack stack) {
        TreeMap<Long, CallStack> there = spaces.get(space);
        there.remove(stack.high);
        if (there.isEmpty()) {
            spaces.remove(space);
        }
        forget(stack);
    }

    private void forget(CallStack stack) {
        Long time = times.remove(stack);
        if (time != null) {
            order.remove(time);
        }
    }
}
