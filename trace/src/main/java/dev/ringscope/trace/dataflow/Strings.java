package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.CARRY;
import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.general;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.trace.dataflow.Flow.Shape;
import dev.ringscope.trace.dataflow.Moment.Touched;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** String instructions, once or repeated: each round moves one element. One that was interrupted has done some. */
final class Strings {
    private static final Set<String> NAMES = Set.of("movs", "stos", "lods", "cmps", "scas", "ins", "outs");

    private final Moment moment;
    private final Instruction i;
    private final String name;
    private final int size;
    private final List<Flow> flows = new ArrayList<>();

    private Strings(Moment moment) {
        this.moment = moment;
        i = moment.instruction;
        name = Implicit.name(i);
        int code = i.opcode & 1;
        size = code == 0 ? 1 : name.equals("ins") ? Math.min(4, i.operandSize) : i.operandSize;
    }

    static boolean is(Instruction i) {
        return NAMES.contains(Implicit.name(i));
    }

    /** All rounds. */
    static List<Flow> whole(Moment moment) {
        Strings strings = new Strings(moment);
        strings.rounds(moment.reads(), moment.writes());
        return strings.flows;
    }

    /** Those that were done before an interrupt or fault: as many as the counter went down. */
    static List<Flow> part(Moment moment) {
        Strings strings = new Strings(moment);
        long mask = strings.i.addressSize == 8 ? -1 : (1L << 8 * strings.i.addressSize) - 1;
        boolean repeated = strings.i.rep || strings.i.repne;
        long rounds = repeated
                ? (moment.before[Implicit.RCX] & mask) - (moment.after[Implicit.RCX] & mask)
                : moment.before[Implicit.RDI] != moment.after[Implicit.RDI] ? 1 : 0;
        if (rounds <= 0) {
            return List.of();
        }
        strings.rounds(first(moment.reads(), rounds, strings.size), first(moment.writes(), rounds, strings.size));
        return strings.flows;
    }

    private static List<Touched> first(List<Touched> accesses, long rounds, int size) {
        List<Touched> taken = new ArrayList<>();
        long bytes = 0;
        for (Touched access : accesses) {
            if (bytes >= rounds * size) {
                break;
            }
            taken.add(access);
            bytes += access.bytes().length;
        }
        return taken;
    }

    private void rounds(List<Touched> reads, List<Touched> writes) {
        switch (name) {
            case "movs" -> {
                long[] from = concatenated(reads);
                long[] to = concatenated(writes);
                Map<Long, Long> moved = new LinkedHashMap<>();
                for (int n = 0; n < Math.min(from.length, to.length); n++) {
                    moved.put(to[n], moved.getOrDefault(from[n], from[n])); // it may read what it has just written
                }
                moved.forEach(
                        (written, read) -> flows.add(Flow.of(new long[] {written}, Shape.COPY, new long[] {read})));
            }
            case "stos" -> {
                long[] to = concatenated(writes);
                for (int n = 0; n < to.length; n++) {
                    flows.add(Flow.of(new long[] {to[n]}, Shape.COPY, register(Implicit.RAX, n % size, 1)));
                }
            }
            case "ins" ->
                flows.add(Flow.leaf(
                        Moment.bytes(writes), Leaf.PORT, "port 0x%x".formatted(moment.before[Implicit.RDX] & 0xffff)));
            case "lods" -> accumulator(reads);
            case "cmps", "scas" -> compared(reads);
            default -> {} // OUTS
        }
        pointers();
    }

    private static long[] concatenated(List<Touched> accesses) {
        return accesses.stream()
                .flatMapToLong(a -> java.util.Arrays.stream(a.bytes()))
                .toArray();
    }

    private long[] last(long[] bytes, int count) {
        return java.util.Arrays.copyOfRange(bytes, Math.max(0, bytes.length - count), bytes.length);
    }

    private void accumulator(List<Touched> reads) {
        long[] from = concatenated(reads);
        if (from.length >= size) {
            if (size == 4) {
                flows.add(Flow.constant(register(Implicit.RAX, 4, 4)));
            }
            flows.add(Flow.of(register(Implicit.RAX, 0, size), Shape.COPY, last(from, size)));
        }
    }

    private void compared(List<Touched> reads) {
        long[] from = concatenated(reads);
        if (from.length == 0) {
            return;
        }
        flows.add(
                name.equals("cmps")
                        ? Flow.of(register(FLAGS, CARRY, 2), Shape.WHOLE, last(from, 2 * size))
                        : Flow.of(
                                register(FLAGS, CARRY, 2),
                                Shape.WHOLE,
                                last(from, size),
                                register(Implicit.RAX, 0, size)));
    }

    /** Pointers and counter go on, as the direction flag says; a comparison ends a repetition. */
    private void pointers() {
        List<long[]> conditions = new ArrayList<>();
        conditions.add(register(FLAGS, Location.SYSTEM, 1));
        if (i.rep || i.repne) {
            conditions.add(general(Implicit.RCX));
            if (name.equals("cmps") || name.equals("scas")) {
                conditions.add(moment.read());
                conditions.add(register(Implicit.RAX, 0, size));
            }
        }
        long[][] decided = conditions.toArray(long[][]::new);
        for (int register : new int[] {Implicit.RSI, Implicit.RDI, Implicit.RCX}) {
            if (moment.before[register] != moment.after[register]) {
                flows.add(Flow.of(general(register), Shape.UPWARD, general(register))
                        .under(decided));
            }
        }
        flows.replaceAll(flow -> flow.conditions().isEmpty() ? flow.under(decided) : flow);
    }
}
