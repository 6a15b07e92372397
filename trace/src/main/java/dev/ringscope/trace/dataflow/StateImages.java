package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.X87_STATUS;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The images that FXSAVE, XSAVE, FNSAVE and FNSTENV write and their counterparts read: where registers lie in them.
 * Intel SDM vol. 1, 8.1.10 and 10.5.1.
 */
final class StateImages {
    private static final int FXSAVE_STATUS = 2, FXSAVE_ST = 32, FXSAVE_XMM = 160;

    private final Moment moment;
    private final boolean saves;
    private final List<Flow> flows = new ArrayList<>();
    /** Location of each byte of the image in a register, -1 for what is none; x87 registers as in {@link #top}. */
    private final long[] image = new long[512];

    private StateImages(Moment moment, boolean saves) {
        this.moment = moment;
        this.saves = saves;
        java.util.Arrays.fill(image, -1);
    }

    static boolean is(String name) {
        return name.matches("fxsave|xsave|xsaveopt|fxrstor|xrstor|fnsave|frstor|fnstenv|fldenv");
    }

    static List<Flow> of(Moment moment) {
        String name = moment.instruction.def.method.getName();
        StateImages images = new StateImages(moment, name.matches("f?xsave(opt)?|fnsave|fnstenv"));
        int top = images.saves ? moment.top : moment.topAfter;
        if (name.contains("x")) {
            images.extended(top);
        } else {
            images.environment(name, top);
        }
        images.copy(name);
        if (name.equals("fnsave")) {
            images.flows.add(Flow.constant(register(X87_STATUS, 0, 2)));
        }
        return images.flows;
    }

    private void put(int offset, long[] locations) {
        System.arraycopy(locations, 0, image, offset, locations.length);
    }

    private void extended(int top) {
        put(FXSAVE_STATUS, register(X87_STATUS, 0, 2));
        for (int n = 0; n < 8; n++) {
            put(FXSAVE_ST + 16 * n, register(Location.ST + (top + n & 7), 0, 10));
        }
        for (int n = 0; n < 16; n++) {
            put(FXSAVE_XMM + 16 * n, register(Location.XMM + n, 0, 16));
        }
    }

    private void environment(String name, int top) {
        int field = field();
        put(field, register(X87_STATUS, 0, 2));
        for (int n = 0; n < 8 && name.matches("fnsave|frstor"); n++) {
            put(7 * field + 10 * n, register(Location.ST + (top + n & 7), 0, 10));
        }
    }

    /** Bytes of a field of the environment: the status word is the second one, the tags are the third. */
    private int field() {
        return moment.instruction.operandSize == 2 ? 2 : 4;
    }

    private void copy(String name) {
        List<Moment.Touched> accesses = saves ? moment.writes() : moment.reads();
        long base = accesses.stream().mapToLong(Moment.Touched::linear).min().orElse(0);
        long[] status = saves ? new long[0] : at(accesses, base + (name.contains("x") ? FXSAVE_STATUS : field()));
        int tag = name.matches("fnsave|fnstenv") ? 2 * field() : -1;
        for (Moment.Touched access : accesses) {
            for (int n = 0; n < access.bytes().length; n++) {
                long at = access.linear() - base + n;
                long register = at < image.length ? image[(int) at] : -1;
                long[] memory = {access.bytes()[n]};
                if (register >= 0) {
                    long[] place = {register};
                    boolean stack =
                            Location.number(register) >= Location.ST && Location.number(register) < Location.FLAGS;
                    Flow flow = Flow.of(saves ? memory : place, Shape.COPY, saves ? place : memory);
                    flows.add(stack && !saves ? flow.under(status) : flow);
                } else if (saves && (at == tag || at == tag + 1)) {
                    flows.add(Flow.of(memory, Shape.WHOLE, everyRegister())); // valid, zero or special
                } else if (saves) {
                    flows.add(Flow.leaf(memory, Leaf.PROCESSOR, name));
                }
            }
        }
    }

    /** The two bytes of a restored status word: its TOP decides where the registers go. */
    private static long[] at(List<Moment.Touched> accesses, long linear) {
        return accesses.stream()
                .filter(a -> a.linear() <= linear && linear < a.linear() + a.bytes().length)
                .flatMapToLong(a -> java.util.Arrays.stream(a.bytes()))
                .toArray();
    }

    private static List<long[]> everyRegister() {
        List<long[]> all = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            all.add(register(Location.ST + n, 0, 10));
        }
        return all;
    }
}
