package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What changed in a moment without any flow having said so: made of all that was read, lest a value have no origin. */
final class Rest {
    private static final int ARITHMETIC = 0x8d4;

    private Rest() {}

    static List<Flow> of(Moment moment, List<Flow> told) {
        Set<Long> known = new HashSet<>();
        told.forEach(f -> java.util.Arrays.stream(f.written()).forEach(known::add));
        List<Long> changed = new ArrayList<>();
        for (int n = 0; n < 16; n++) {
            long difference = moment.before[n] ^ moment.after[n];
            for (int b = 0; b < 8 && difference != 0; b++) {
                note(register(n, b), (difference >>> 8 * b & 0xff) != 0, known, changed);
            }
        }
        int flags = moment.flagsBefore ^ moment.flagsAfter;
        note(register(FLAGS, Location.CARRY), (flags & 1) != 0, known, changed);
        note(register(FLAGS, Location.ARITHMETIC), (flags & ARITHMETIC) != 0, known, changed);
        for (long written : moment.written()) {
            note(written, true, known, changed);
        }
        if (changed.isEmpty()) {
            return List.of();
        }
        long[] written = changed.stream().mapToLong(Long::longValue).toArray();
        return List.of(
                moment.kind == Moment.Kind.INSTRUCTION && moment.instruction != null
                        ? Flow.of(written, Shape.WHOLE, reads(moment))
                        : Flow.leaf(written, Leaf.PROCESSOR, "an interrupt or exception"));
    }

    private static void note(long location, boolean changes, Set<Long> known, List<Long> changed) {
        if (changes && !known.contains(location)) {
            changed.add(location);
        }
    }

    private static List<long[]> reads(Moment moment) {
        List<long[]> reads = new ArrayList<>();
        reads.add(moment.read());
        dev.ringscope.emulator.insn.OperandPlace.of(moment.instruction)
                .forEach(place -> reads.add(Effects.bytes(moment, place, false)));
        return reads;
    }
}
