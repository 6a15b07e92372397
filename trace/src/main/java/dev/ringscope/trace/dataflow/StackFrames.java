package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.general;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What instructions put on the stack and take from it that work on it themselves. Intel SDM vol. 2. */
final class StackFrames {
    private final Moment moment;
    private final Instruction i;
    private final List<OperandPlace> places;
    private final List<Flow> flows;

    StackFrames(Moment moment, List<OperandPlace> places, List<Flow> flows) {
        this.moment = moment;
        this.places = places;
        this.flows = flows;
        i = moment.instruction;
    }

    void add() {
        List<Moment.Touched> reads = moment.reads();
        List<Moment.Touched> writes = moment.writes();
        switch (Implicit.name(i)) {
            case "push" -> {
                boolean segment = !places.isEmpty() && places.getFirst().kind() == OperandPlace.Kind.SEGMENT;
                flows.add(segment ? Flow.of(moment.written(), Shape.COPY, value(0)) : Flow.constant(moment.written()));
            }
            case "pop" -> {
                long[] popped = reads.isEmpty() ? new long[0] : reads.getFirst().bytes();
                long[] written = Effects.bytes(moment, places.getFirst(), true);
                itself(Implicit.RSP);
                Effects.result(flows, places.getFirst(), false, Flow.of(written, Shape.COPY, popped));
                return;
            }
            case "pusha" -> {
                for (int n = 0; n < Math.min(8, writes.size()); n++) {
                    flows.add(Flow.of(writes.get(n).bytes(), Shape.COPY, general(n)));
                }
            }
            case "popa" -> popped(reads);
            case "pushf" -> flows.add(Flow.of(moment.written(), Shape.WHOLE, register(FLAGS, 0, 3)));
            case "popf" -> flows.add(Flow.of(register(FLAGS, 0, 3), Shape.WHOLE, moment.read()));
            case "enter" -> frame(reads, writes);
            case "leave" -> {
                flows.add(Flow.of(register(Implicit.RBP, 0, i.operandSize), Shape.COPY, moment.read()));
                flows.add(Flow.of(general(Implicit.RSP), Shape.UPWARD, general(Implicit.RBP)));
                return;
            }
            case "iret" -> {
                returned(reads);
                return;
            }
            default -> throw new IllegalStateException(Implicit.name(i));
        }
        itself(Implicit.RSP);
    }

    /** POPA takes EDI first; what lies where ESP was pushed is not used. */
    private void popped(List<Moment.Touched> reads) {
        long base = reads.isEmpty() ? 0 : reads.getFirst().linear();
        for (Moment.Touched read : reads) {
            int number = 7 - (int) (read.linear() - base) / i.operandSize;
            if (number >= 0 && number != Implicit.RSP) {
                wide(number, i.operandSize, Flow.of(register(number, 0, i.operandSize), Shape.COPY, read.bytes()));
            }
        }
    }

    /** ENTER pushes RBP, the frame pointers of outer levels, and its own, which becomes RBP. */
    private void frame(List<Moment.Touched> reads, List<Moment.Touched> writes) {
        Map<Long, Long> moved = new HashMap<>();
        for (int n = 0; n < writes.size(); n++) {
            long[] written = writes.get(n).bytes();
            if (n > reads.size()) {
                flows.add(Flow.of(written, Shape.UPWARD, general(Implicit.RSP)));
                continue;
            }
            long[] from = n == 0 ? general(Implicit.RBP) : reads.get(n - 1).bytes();
            for (int k = 0; k < written.length; k++) {
                moved.put(written[k], moved.getOrDefault(from[k], from[k])); // it may read what it has just written
            }
            flows.add(Flow.each(written, k -> new long[] {moved.get(written[k])}));
        }
        wide(
                Implicit.RBP,
                i.operandSize,
                Flow.of(register(Implicit.RBP, 0, i.operandSize), Shape.UPWARD, general(Implicit.RSP)));
    }

    /** IRET takes the instruction pointer, CS, the flags, and where the ring changes the stack pointer and SS. */
    private void returned(List<Moment.Touched> reads) {
        if (reads.size() > 2) {
            flows.add(Flow.of(register(FLAGS, 0, 3), Shape.WHOLE, reads.get(2).bytes()));
        }
        boolean stack =
                reads.size() > 4 && moment.after[Implicit.RSP] == reads.get(3).value();
        flows.add(Flow.of(
                general(Implicit.RSP), Shape.UPWARD, stack ? reads.get(3).bytes() : general(Implicit.RSP)));
    }

    private long[] value(int operand) {
        return Effects.bytes(moment, places.get(operand), false);
    }

    private void itself(int register) {
        flows.add(Flow.of(general(register), Shape.UPWARD, general(register)));
    }

    private void wide(int register, int width, Flow flow) {
        Effects.result(flows, new OperandPlace(OperandPlace.Kind.GENERAL, register, width), false, flow);
    }
}
