package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.CARRY;
import static dev.ringscope.trace.dataflow.Location.CODES;
import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.X87_STATUS;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * x87 instructions, register by register: which they read is relative to the top of the stack in front of them. Each
 * may leave exceptions in the status word, where earlier ones stay.
 */
final class X87 {
    private static final String ARITHMETIC_NAMES = "fi?(add|mul|subr?|divr?)p?";
    private static final String COMPARES = "fu?com(i|p|pp|ip)?|ficomp?";

    private final Moment moment;
    private final List<OperandPlace> places;
    private final List<Flow> flows;
    private final String name;

    X87(Moment moment, List<OperandPlace> places, List<Flow> flows) {
        this.moment = moment;
        this.places = places;
        this.flows = flows;
        name = moment.instruction.def.method.getName();
    }

    void add() {
        switch (name) {
            case "fld" -> {
                boolean extended = moment.read().length == 10;
                flows.add(Flow.of(pushed(), extended ? Shape.COPY : Shape.WHOLE, moment.read()));
            }
            case "fldRegister" -> flows.add(Flow.of(pushed(), Shape.COPY, operand()));
            case "fild", "fbld" -> flows.add(Flow.of(pushed(), Shape.WHOLE, moment.read()));
            case "fld1", "fldl2t", "fldl2e", "fldpi", "fldlg2", "fldln2", "fldz" -> flows.add(Flow.constant(pushed()));
            case "fxch" -> {
                flows.add(Flow.of(st(0), Shape.COPY, operand()));
                flows.add(Flow.of(operand(), Shape.COPY, st(0)));
            }
            case "fst", "fstp", "fist", "fistp", "fisttp", "fbstp" ->
                flows.add(Flow.of(moment.written(), Shape.WHOLE, st(0)));
            case "fstpExtended" -> flows.add(Flow.of(moment.written(), Shape.COPY, st(0)));
            case "fstRegister", "fstpRegister", "fstp1" -> flows.add(Flow.of(operand(), Shape.COPY, st(0)));
            case "fchs", "fabs" -> flows.add(Flow.of(sign(), Shape.COPY, sign()));
            case "fsqrt", "frndint", "f2xm1", "fsin", "fcos" -> flows.add(Flow.of(st(0), Shape.WHOLE, st(0)));
            case "fprem", "fprem1", "fscale" -> flows.add(Flow.of(st(0), Shape.WHOLE, st(0), st(1)));
            case "fsincos", "fptan", "fxtract" -> {
                flows.add(Flow.of(st(0), Shape.WHOLE, st(0)));
                if (moment.topAfter == moment.top) { // out of range: nothing is pushed
                    flows.add(Flow.of(st(7), Shape.COPY, st(7)).under(st(0)));
                } else {
                    flows.add(Flow.of(pushed(), Shape.WHOLE, st(0)));
                }
            }
            case "fyl2x", "fyl2xp1", "fpatan" -> flows.add(Flow.of(st(1), Shape.WHOLE, st(0), st(1)));
            case "fnstsw" -> flows.add(Flow.of(moment.written(), Shape.COPY, status()));
            case "fnstswAx" -> flows.add(Flow.of(register(Implicit.RAX, 0, 2), Shape.COPY, status()));
            case "fnstcw" -> flows.add(Flow.leaf(moment.written(), Leaf.PROCESSOR, name));
            case "fninit" -> flows.add(Flow.constant(status()));
            case "fnclex" -> flows.add(Flow.constant(register(X87_STATUS, Location.EXCEPTIONS, 1)));
            default -> others();
        }
        remembered();
    }

    private void others() {
        if (name.matches(ARITHMETIC_NAMES)) {
            flows.add(Flow.of(destination(), Shape.WHOLE, read()));
        } else if (name.startsWith("fcmov")) {
            move();
        } else if (name.matches("fu?comip?")) {
            flows.add(Flow.of(register(FLAGS, CARRY, 2), Shape.WHOLE, read()));
        }
    }

    /** FCMOVcc: b, e, be, u, each also with an n in front. */
    private void move() {
        String text = name.substring("fcmov".length());
        boolean not = text.startsWith("n");
        int code = switch (not ? text.substring(1) : text) {
            case "b" -> 2;
            case "e" -> 4;
            case "be" -> 6;
            default -> 10;
        };
        code += not ? 1 : 0;
        long[] value = Effects.holds(code, moment.flagsBefore) ? operand() : st(0);
        flows.add(Flow.of(st(0), Shape.COPY, value).under(Effects.condition(code)));
    }

    /** Exceptions and condition codes: what was computed with, and what they were. */
    private void remembered() {
        if (name.matches(
                "fnst.*|fninit|fnclex|fcmov.*|fxch|ffreep?|f(inc|dec)stp|fnop|fwait|fldcw|fn(eni|disi|setpm)")) {
            return;
        }
        long[] codes = register(X87_STATUS, CODES, 1);
        long[] exceptions = register(X87_STATUS, Location.EXCEPTIONS, 1);
        List<long[]> read = read();
        List<long[]> all = new ArrayList<>(read);
        all.add(exceptions);
        flows.add(Flow.of(exceptions, Shape.WHOLE, all));
        List<long[]> others = new ArrayList<>(read);
        others.add(codes);
        flows.add(Flow.of(codes, Shape.WHOLE, others));
    }

    // ---- operands
    // ---------------------------------------------------------------------------------------------------

    private static long[] status() {
        return register(X87_STATUS, 0, 2);
    }

    private long[] st(int n) {
        return register(Location.ST + (moment.top + n & 7), 0, 10);
    }

    private long[] sign() {
        return register(Location.ST + moment.top, 9, 1);
    }

    /** The register that is on top afterwards. */
    private long[] pushed() {
        return register(Location.ST + moment.topAfter, 0, 10);
    }

    /** The register that an operand names besides ST(0), or ST(1) where there is no operand. */
    private long[] operand() {
        return st(places.stream()
                .filter(p -> p.kind() == OperandPlace.Kind.ST)
                .mapToInt(OperandPlace::register)
                .filter(n -> n > 0)
                .findFirst()
                .orElse(named() ? 0 : 1));
    }

    private boolean named() {
        return places.stream().anyMatch(p -> p.kind() == OperandPlace.Kind.ST);
    }

    private long[] destination() {
        boolean first = !places.isEmpty() && places.getFirst().kind() == OperandPlace.Kind.ST;
        return st(first ? places.getFirst().register() : 0);
    }

    /** What is computed with: the top, and memory or another register. */
    private List<long[]> read() {
        List<long[]> read = new ArrayList<>();
        read.add(st(0));
        if (moment.read().length > 0) {
            read.add(moment.read());
        } else if (named() || name.matches("fprem1?|fscale|fyl2x(p1)?|fpatan|" + COMPARES)) {
            read.add(operand());
        }
        return read;
    }
}
