package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.CARRY;
import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left: SSE and x87 instructions that do everything themselves. Whatever they write is made of all that they
 * read, but for moves.
 */
final class Vectors {
    private static final int IMAGE_XMM = 160;
    private static final String IN_PLACE =
            "fchs|fabs|fsqrt|frndint|f2xm1|fsin|fcos|fprem1?|fscale" + "|fi?(add|mul|subr?|divr?)";

    private final Moment moment;
    private final Instruction i;
    private final List<OperandPlace> places;
    private final List<Flow> flows;
    private final String name;

    Vectors(Moment moment, List<OperandPlace> places, List<Flow> flows) {
        this.moment = moment;
        this.places = places;
        this.flows = flows;
        i = moment.instruction;
        name = i.def.method.getName();
    }

    void add() {
        switch (name) {
            case "movhlps" -> move(xmm(0, 0), xmm(1, 8));
            case "movlhps" -> move(xmm(0, 8), xmm(1, 0));
            case "movhps", "movhpd" -> {
                if (places.getFirst().kind() == OperandPlace.Kind.MEMORY) {
                    move(moment.written(), xmm(1, 8));
                } else {
                    move(xmm(0, 8), moment.read());
                }
            }
            case "fxsave", "xsave", "xsaveopt", "fxrstor", "xrstor" -> image();
            case "sgdt", "sidt", "sldt", "str", "stmxcsr", "fnstcw", "fnstsw", "fnstenv" ->
                flows.add(Flow.leaf(moment.written(), Leaf.PROCESSOR, name));
            default -> operands();
        }
    }

    private long[] xmm(int operand, int from) {
        return register(Location.XMM + places.get(operand).register(), from, 8);
    }

    private void move(long[] to, long[] from) {
        flows.add(Flow.of(to, Shape.COPY, from));
    }

    /** XMM registers lie at offset 160 of FXSAVE's and XSAVE's image, 16 bytes each. */
    private void image() {
        boolean saves = name.contains("save");
        List<Moment.Touched> accesses = saves ? moment.writes() : moment.reads();
        long base = accesses.stream().mapToLong(Moment.Touched::linear).min().orElse(0);
        for (Moment.Touched access : accesses) {
            long at = access.linear() - base - IMAGE_XMM;
            if (at < 0 || at + access.bytes().length > 256) {
                if (saves) {
                    flows.add(Flow.leaf(access.bytes(), Leaf.PROCESSOR, name));
                }
                continue;
            }
            long[] register = register(Location.XMM + (int) (at / 16), (int) (at % 16), access.bytes().length);
            move(saves ? access.bytes() : register, saves ? register : access.bytes());
        }
    }

    private boolean overwrites() {
        return name.matches(
                "pmov.*|movmsk.*|pshuf[dhl]w?|cvt.*|pextr.*|extractps|phminposuw|lar|lsl|rd[fg]sbase|crc32x");
    }

    private void operands() {
        List<long[]> read = new ArrayList<>();
        boolean memory = false;
        for (int n = 0; n < places.size(); n++) {
            memory |= places.get(n).kind() == OperandPlace.Kind.MEMORY;
            if (n > 0 || !overwrites()) {
                read.add(Effects.bytes(moment, places.get(n), false));
            }
        }
        if (!memory) {
            read.add(moment.read());
        }
        if (name.startsWith("f")) {
            read.add(register(Location.ST + moment.top, 0, 10));
            read.add(register(Location.ST + (moment.top + 1 & 7), 0, 10));
        }
        if (moment.written().length > 0) {
            flows.add(Flow.of(moment.written(), Shape.WHOLE, read));
        }
        stack(read);
        OperandPlace first = places.isEmpty() ? null : places.getFirst();
        boolean writes = first != null
                && (first.kind() == OperandPlace.Kind.XMM
                        || first.kind() == OperandPlace.Kind.MMX
                        || first.kind() == OperandPlace.Kind.GENERAL);
        boolean tests = name.matches("ptest|.?u?comis[sd]|f?u?comip?");
        if (tests) {
            flows.add(Flow.of(register(FLAGS, CARRY, 2), Shape.WHOLE, read));
        } else if (writes) {
            Effects.result(flows, first, false, Flow.of(Effects.bytes(moment, first, true), Shape.WHOLE, read));
        }
    }

    /** Of x87: the register that is on top afterwards, and the one that an operand names first. */
    private void stack(List<long[]> read) {
        if (!name.startsWith("f")) {
            return;
        }
        boolean loads = (moment.topAfter + 1 & 7) == moment.top;
        if (loads || name.matches(IN_PLACE)) {
            List<long[]> values = loads ? read.subList(0, read.size() - 2) : read;
            int first = loads ? moment.topAfter : destination();
            flows.add(Flow.of(register(Location.ST + first, 0, 10), Shape.WHOLE, values));
        } else if (name.matches("f(add|mul|subr?|divr?)p|fst.?.?Register|fyl2x.*|fpatan")) {
            int first = places.isEmpty() ? moment.topAfter : destination();
            flows.add(Flow.of(register(Location.ST + first, 0, 10), Shape.WHOLE, read));
        }
    }

    private int destination() {
        boolean named = !places.isEmpty() && places.getFirst().kind() == OperandPlace.Kind.ST;
        return moment.top + (named ? places.getFirst().register() : 0) & 7;
    }
}
