package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * SSE instructions whose data decide, element by element, which data they move: PSHUFB, blends by a register, masks.
 */
final class Selections {
    private static final Set<String> NAMES =
            Set.of("pshufb", "pblendvb", "blendvps", "blendvpd", "maskmovdqu", "maskmovq");
    private static final int RDI = 7;

    private final Moment moment;
    private final List<OperandPlace> places;
    private final String name;
    private final List<Flow> flows = new ArrayList<>();

    private Selections(Moment moment, List<OperandPlace> places) {
        this.moment = moment;
        this.places = places;
        name = moment.instruction.def.method.getName();
    }

    static boolean wantsData(Instruction i) {
        return NAMES.contains(i.def.method.getName());
    }

    static List<Flow> of(Moment moment, List<OperandPlace> places) {
        Selections selections = new Selections(moment, places);
        switch (selections.name) {
            case "pshufb" -> selections.shuffle();
            case "pblendvb" -> selections.blend(1);
            case "blendvps" -> selections.blend(4);
            case "blendvpd" -> selections.blend(8);
            default -> selections.masked();
        }
        return selections.flows;
    }

    private long[] operand(int n) {
        return Effects.bytes(moment, places.get(n), false);
    }

    /** A byte of the second operand in front of the instruction. */
    private int second(int n) {
        if (places.get(1).kind() == OperandPlace.Kind.XMM) {
            return xmm(places.get(1).register(), n);
        }
        long wanted = moment.read()[n];
        for (Moment.Touched read : moment.reads()) {
            for (int at = 0; at < read.bytes().length; at++) {
                if (read.bytes()[at] == wanted) {
                    return (int) (read.value() >>> 8 * at) & 0xff;
                }
            }
        }
        throw new IllegalStateException("byte %d of %s was not read".formatted(n, name));
    }

    private int xmm(int number, int n) {
        return (int) (moment.xmm[2 * number + n / 8] >>> 8 * (n % 8)) & 0xff;
    }

    private void shuffle() {
        long[] from = operand(0);
        long[] order = operand(1);
        flows.add(Flow.each(from, n -> {
            int chosen = second(n);
            return chosen >= 0x80 ? new long[] {order[n]} : new long[] {from[chosen & 15], order[n]};
        }));
    }

    /** By the top bits of the elements of XMM0. */
    private void blend(int size) {
        long[] first = operand(0);
        long[] second = operand(1);
        for (int n = 0; n < 16; n++) {
            int decides = n | size - 1;
            long[] from = xmm(0, decides) >= 0x80 ? second : first;
            flows.add(Flow.of(new long[] {first[n]}, Shape.COPY, new long[] {from[n]})
                    .under(register(Location.XMM, decides, 1)));
        }
    }

    /** MASKMOVDQU and MASKMOVQ write single bytes at rDI. */
    private void masked() {
        long[] data = operand(0);
        long[] mask = operand(1);
        for (Moment.Touched write : moment.writes()) {
            int n = (int) (write.linear() - moment.dataBase - moment.before[RDI]) & data.length - 1;
            flows.add(Flow.of(write.bytes(), Shape.COPY, new long[] {data[n]}).under(new long[] {mask[n]}));
        }
    }
}
