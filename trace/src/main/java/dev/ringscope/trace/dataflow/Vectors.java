package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.CARRY;
import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left: SSE instructions that do everything themselves. What is not known to move elements is made of all that
 * it reads.
 */
final class Vectors {
    private final Moment moment;
    private final List<OperandPlace> places;
    private final List<Flow> flows;
    private final String name;

    Vectors(Moment moment, List<OperandPlace> places, List<Flow> flows) {
        this.moment = moment;
        this.places = places;
        this.flows = flows;
        name = moment.instruction.def.method.getName();
    }

    void add() {
        if (StateImages.is(name)) {
            flows.addAll(StateImages.of(moment));
            return;
        }
        if (moment.instruction.def.method.getDeclaringClass().getSimpleName().startsWith("Fpu")) {
            new X87(moment, places, flows).add();
            return;
        }
        if (moment.xmm.length > 0) {
            flows.addAll(Selections.of(moment, places));
            return;
        }
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
            case "pcmpestri", "pcmpistri" -> texts(register(Implicit.RCX, 0, 8));
            case "pcmpestrm", "pcmpistrm" -> texts(register(Location.XMM, 0, 16));
            case "sgdt", "sidt", "sldt", "str", "stmxcsr" ->
                flows.add(Flow.leaf(moment.written(), Leaf.PROCESSOR, name));
            default -> {
                if (!new Permutations(moment, places, flows).add()) {
                    operands();
                }
            }
        }
    }

    private long[] xmm(int operand, int from) {
        return register(Location.XMM + places.get(operand).register(), from, 8);
    }

    private void move(long[] to, long[] from) {
        flows.add(Flow.of(to, Shape.COPY, from));
    }

    /** PCMPxSTRx: an index or mask, and flags, of both operands and their lengths. */
    private void texts(long[] written) {
        List<long[]> read = new ArrayList<>();
        read.add(Effects.bytes(moment, places.get(0), false));
        read.add(Effects.bytes(moment, places.get(1), false));
        if (name.startsWith("pcmpe")) {
            int width = (moment.instruction.rex & 8) != 0 ? 8 : 4;
            read.add(register(Implicit.RAX, 0, width));
            read.add(register(Implicit.RDX, 0, width));
        }
        flows.add(Flow.of(written, Shape.WHOLE, read));
        flows.add(Flow.of(register(FLAGS, CARRY, 2), Shape.WHOLE, read));
    }

    private boolean overwrites() {
        return name.matches("cvt.*|lar|lsl|rd[fg]sbase");
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
        if (moment.written().length > 0) {
            flows.add(Flow.of(moment.written(), Shape.WHOLE, read));
        }
        OperandPlace first = places.isEmpty() ? null : places.getFirst();
        boolean writes = first != null
                && (first.kind() == OperandPlace.Kind.XMM
                        || first.kind() == OperandPlace.Kind.MMX
                        || first.kind() == OperandPlace.Kind.GENERAL);
        if (name.equals("ptest")) {
            flows.add(Flow.of(register(FLAGS, CARRY, 2), Shape.WHOLE, read));
        } else if (writes) {
            Effects.result(flows, first, false, Flow.of(Effects.bytes(moment, first, true), Shape.WHOLE, read));
        }
    }
}
