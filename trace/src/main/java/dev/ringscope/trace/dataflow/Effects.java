package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.ARITHMETIC;
import static dev.ringscope.trace.dataflow.Location.CARRY;
import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.Def;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a moment made of what. Instructions with operands in their definition say themselves what they read and write;
 * of the others {@link Implicit} knows. What changed without either having said so counts as made of all that was read.
 */
final class Effects {
    private static final Set<String> COPIES = Set.of(
            "mov",
            "movzx",
            "movnti",
            "movd",
            "movq",
            "movss",
            "movsd",
            "movaps",
            "movapd",
            "movups",
            "movupd",
            "movdqa",
            "movdqu",
            "movq2dq",
            "movdq2q",
            "lddqu",
            "movntdq",
            "movntps",
            "movntpd",
            "movntq",
            "movntdqa",
            "movlps",
            "movlpd",
            "push",
            "pop");
    private static final Set<String> SIGNED = Set.of("movsx", "movsxd");
    private static final Set<String> BYTEWISE = Set.of(
            "and", "or", "xor", "not", "pand", "por", "pxor", "pandn", "andps", "andpd", "orps", "orpd", "xorps",
            "xorpd", "andnps", "andnpd");
    private static final Set<String> UPWARD = Set.of("add", "adc", "sub", "sbb", "inc", "dec", "neg", "imul");
    private static final Pattern CANCELLING =
            Pattern.compile("xor|sub|sbb|pxor|xorp[sd]|p?andn(p[sd])?|psub(u?s)?[bwdq]|pcmp(eq|gt)[bwdq]|psadbw");
    private static final Set<String> SHIFTS = Set.of("shl", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd");

    private final Moment moment;
    private final Instruction i;
    private final List<OperandPlace> places;
    private final List<Flow> flows = new ArrayList<>();

    private Effects(Moment moment) {
        this.moment = moment;
        i = moment.instruction;
        places = OperandPlace.of(i);
    }

    /** In order: where two write the same byte, the later one counts. */
    static List<Flow> of(Moment moment) {
        List<Flow> flows = new ArrayList<>();
        boolean part = moment.instruction != null && Strings.is(moment.instruction);
        switch (moment.kind) {
            case INSTRUCTION -> {
                if (moment.instruction != null) {
                    flows.addAll(new Effects(moment).all());
                }
            }
            case TRAP, INTERRUPT -> {
                if (part) {
                    flows.addAll(Strings.part(moment));
                }
                flows.addAll(Delivery.of(moment, flows));
            }
        }
        flows.addAll(moment.others);
        flows.addAll(Rest.of(moment, flows));
        return flows;
    }

    /** Registers that made the address of what was accessed. */
    static long[] addresses(Moment moment) {
        Instruction i = moment.instruction;
        if (i == null || moment.accesses.isEmpty()) {
            return new long[0];
        }
        List<long[]> found = new ArrayList<>();
        if (i.memory && i.base >= 0 && i.base < 16) {
            found.add(Location.general(i.base));
        }
        if (i.memory && i.index >= 0) {
            found.add(Location.general(i.index));
        }
        found.addAll(Implicit.addresses(i));
        return found.stream().flatMapToLong(java.util.Arrays::stream).distinct().toArray();
    }

    private List<Flow> all() {
        if (SHIFTS.contains(i.def.name())) {
            shift();
            return flows;
        }
        if (i.def.uses.isEmpty()) {
            new Implicit(moment, places, flows).add();
            return flows;
        }
        switch (i.def.name()) {
            case "lea" -> lea();
            case "call" -> call();
            default -> {
                if (i.def.uses.stream().anyMatch(Def.Use::condition) && i.def.uses.size() > 2) {
                    conditional();
                } else {
                    computed();
                }
            }
        }
        new Implicit(moment, places, flows).besides();
        return flows;
    }

    // ---- operands
    // -----------------------------------------------------------------------------------------------------

    private long[] bytes(OperandPlace place, boolean written) {
        return bytes(moment, place, written);
    }

    /** The locations of an operand. */
    static long[] bytes(Moment moment, OperandPlace place, boolean written) {
        return switch (place.kind()) {
            case GENERAL -> register(Location.GENERAL + place.register(), 0, place.bytes());
            case HIGH_BYTE -> register(Location.GENERAL + place.register(), 1, 1);
            case XMM -> register(Location.XMM + place.register(), 0, place.bytes() == 0 ? 16 : place.bytes());
            case MMX -> register(Location.ST + place.register(), 0, 8);
            case SEGMENT -> register(Location.SEGMENT + place.register(), 0, 2);
            case CONTROL -> register(Location.CONTROL + place.register(), 0, 8);
            case ST -> register(Location.ST + (moment.top + place.register() & 7), 0, 10);
            case MEMORY -> written ? moment.written() : moment.read();
            case IMMEDIATE, OTHER -> new long[0];
        };
    }

    /** A result to a general register of 32 bits clears the rest of it, and so may one to an XMM register. */
    static void result(List<Flow> flows, OperandPlace place, boolean clears, Flow flow) {
        if (place.kind() == OperandPlace.Kind.GENERAL && place.bytes() == 4) {
            flows.add(Flow.constant(register(place.register(), 4, 4)));
        }
        if (place.kind() == OperandPlace.Kind.XMM && clears) {
            flows.add(Flow.constant(register(Location.XMM + place.register(), 0, 16)));
        }
        if (place.kind() == OperandPlace.Kind.MMX) { // its exponent becomes all ones, and MOVD clears its upper half
            flows.add(Flow.constant(register(Location.ST + place.register(), 4, 6)));
        }
        flows.add(flow);
    }

    private void computed() {
        List<long[]> values = new ArrayList<>();
        OperandPlace destination = null;
        int operand = -1;
        for (Def.Use use : i.def.uses) {
            if (use.carry()) {
                values.add(register(FLAGS, CARRY, 1));
            } else if (use.condition()) {
                values.add(condition(i.opcode & 15));
            } else {
                if (use.read()) {
                    values.add(bytes(places.get(use.operand()), false));
                }
                if (use.written()) {
                    destination = places.get(use.operand());
                    operand = use.operand();
                }
            }
        }
        if (values.isEmpty() && i.def.takesCpu) {
            values.add(moment.read()); // POP
        }
        boolean constant = cancels();
        if (constant) {
            values.clear();
            if (i.def.uses.stream().anyMatch(Def.Use::carry)) {
                values.add(register(FLAGS, CARRY, 1));
            }
        }
        flags(values);
        if (destination != null && !constant && new Permutations(moment, places, flows).add()) {
            return;
        }
        if (destination != null) {
            Shape shape = constant ? Shape.WHOLE : shape(values, destination);
            boolean clears = i.encoding.operands.get(operand).text().matches("[VU].z");
            long[] written = bytes(destination, true);
            Flow flow = masks() ? masked(written, values.getFirst()) : Flow.of(written, shape, values);
            result(flows, destination, clears, flow);
        }
    }

    /** AND and OR with an immediate: the bytes that it does not replace. */
    private boolean masks() {
        boolean immediate = places.size() == 2 && places.get(1).kind() == OperandPlace.Kind.IMMEDIATE;
        return immediate && (i.def.name().equals("and") || i.def.name().equals("or"));
    }

    private Flow masked(long[] written, long[] value) {
        int replaces = i.def.name().equals("and") ? 0 : 0xff;
        return Flow.each(written, n -> (i.imm >>> 8 * n & 0xff) == replaces ? new long[0] : new long[] {value[n]});
    }

    /** The result does not depend on its operands, mostly because they are the same register. */
    private boolean cancels() {
        boolean two = places.size() >= 2 && places.get(0).equals(places.get(1));
        boolean register = two && places.get(0).kind() != OperandPlace.Kind.MEMORY;
        if (i.def.name().equals("bswap")) {
            return places.getFirst().bytes() == 2; // not defined: it becomes 0
        }
        return register && CANCELLING.matcher(i.def.name()).matches();
    }

    private Shape shape(List<long[]> values, OperandPlace destination) {
        String name = i.def.name();
        if (values.size() == 1 && values.getFirst().length > 0) {
            if (COPIES.contains(name)) {
                return Shape.COPY;
            }
            if (SIGNED.contains(name)) {
                return Shape.SIGNED;
            }
            if (name.equals("bswap")) {
                return Shape.REVERSED;
            }
        }
        if (BYTEWISE.contains(name)) {
            return Shape.BYTEWISE;
        }
        if (UPWARD.contains(name)) {
            return Shape.UPWARD; // the carry flag is one byte, the lowest: it goes into all
        }
        return Lanes.of(i.def.method.getName());
    }

    // ---- flags
    // --------------------------------------------------------------------------------------------------------

    private void flags(List<long[]> values) {
        if (i.def.flags().isEmpty()) {
            return;
        }
        boolean keepsCarry = i.def.name().equals("inc") || i.def.name().equals("dec");
        if (!keepsCarry) {
            flows.add(Flow.of(register(FLAGS, CARRY, 1), Shape.WHOLE, values));
        }
        flows.add(Flow.of(register(FLAGS, ARITHMETIC, 1), Shape.WHOLE, values));
    }

    // ---- shifts and rotations
    // ---------------------------------------------------------------------------------------------

    /** By a count that is an immediate, or in CL. */
    private void shift() {
        OperandPlace destination = places.getFirst();
        OperandPlace by = places.getLast();
        boolean register = by.kind() == OperandPlace.Kind.GENERAL;
        boolean one = i.encoding.operands.getLast().text().equals("1");
        long number = register ? moment.before[Implicit.RCX] : one ? 1 : i.imm;
        int count = (int) number & (i.operandSize == 8 && destination.bytes() == 8 ? 63 : 31);
        long[] counter = register ? register(Implicit.RCX, 0, 1) : new long[0];
        long[] value = bytes(destination, false);
        long[] filler = places.size() == 3 ? bytes(places.get(1), false) : new long[0];
        long[] carry = register(FLAGS, CARRY, 1);
        boolean through = i.def.name().startsWith("rc");
        ShiftedBits bits = new ShiftedBits(i.def.name(), count, value, filler, carry);
        Flow moved = Flow.each(bytes(destination, true), n -> {
            long[] from = count == 0 ? new long[] {value[n]} : bits.sources(n);
            return Permutations.concatenated(from, counter);
        });
        result(flows, destination, false, moved);
        if (count > 0) {
            List<long[]> read = new ArrayList<>(List.of(value, filler, counter));
            if (through) {
                read.add(carry);
            }
            flows.add(Flow.of(carry, Shape.WHOLE, read));
            boolean rotates = i.def.name().startsWith("ro") || through;
            if (rotates) {
                read.add(register(FLAGS, ARITHMETIC, 1)); // most of them stay
            }
            flows.add(Flow.of(register(FLAGS, ARITHMETIC, 1), Shape.WHOLE, read));
        } else if (register) {
            long[] flags = register(FLAGS, CARRY, 2);
            flows.add(Flow.of(flags, Shape.COPY, flags).under(counter));
        }
    }

    /** The flags that a condition looks at. */
    static long[] condition(int code) {
        return switch (code >> 1) {
            case 1 -> register(FLAGS, CARRY, 1);
            case 3 -> register(FLAGS, CARRY, 2);
            default -> register(FLAGS, ARITHMETIC, 1);
        };
    }

    private static final int CF = 1, PF = 4, ZF = 0x40, SF = 0x80, OF = 0x800;

    /** Whether a condition holds: Intel SDM vol. 1, appendix B. */
    static boolean holds(int code, int flags) {
        boolean sign = (flags & SF) != 0 != ((flags & OF) != 0);
        boolean held = switch (code >> 1) {
            case 0 -> (flags & OF) != 0;
            case 1 -> (flags & CF) != 0;
            case 2 -> (flags & ZF) != 0;
            case 3 -> (flags & (CF | ZF)) != 0;
            case 4 -> (flags & SF) != 0;
            case 5 -> (flags & PF) != 0;
            case 6 -> sign;
            default -> sign || (flags & ZF) != 0;
        };
        return held == ((code & 1) == 0);
    }

    // ---- instructions of their own kind
    // -------------------------------------------------------------------------------

    private void lea() {
        List<long[]> values = new ArrayList<>();
        if (i.base >= 0 && i.base < 16) {
            values.add(register(i.base, 0, i.addressSize));
        }
        if (i.index >= 0) {
            values.add(register(i.index, 0, i.addressSize));
        }
        result(flows, places.getFirst(), false, Flow.of(bytes(places.getFirst(), true), Shape.UPWARD, values));
    }

    /** CMOVcc: what it took, if it took it; a destination of 32 bits is cleared above either way. */
    private void conditional() {
        OperandPlace destination = places.getFirst();
        long[] condition = condition(i.opcode & 15);
        long[] bytes = bytes(destination, true);
        boolean taken = holds(i.opcode & 15, moment.flagsBefore);
        long[] value = taken ? bytes(places.get(1), false) : bytes;
        result(flows, destination, false, Flow.of(bytes, Shape.COPY, value).under(condition));
    }

    private void call() {
        flows.add(Flow.constant(moment.written()));
    }
}
