package dev.ringscope.trace.dataflow;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.OperandPlace;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * MMX and SSE instructions that move whole elements from place to place, or make each element of some others: which
 * bytes every byte of the result is made of. Intel SDM vol. 2.
 */
final class Permutations {
    private static final long[] NOTHING = {};

    private final Moment moment;
    private final List<OperandPlace> places;
    private final List<Flow> flows;
    private final String name;
    private final int order;

    Permutations(Moment moment, List<OperandPlace> places, List<Flow> flows) {
        this.moment = moment;
        this.places = places;
        this.flows = flows;
        Instruction i = moment.instruction;
        name = i.def.method.getName().replaceAll("(Mmx|Memory|ToRegister)$", "");
        order = (int) i.imm & 0xff;
    }

    /** @return whether it is one of these */
    boolean add() {
        return moves() || combines() || elements();
    }

    private boolean moves() {
        switch (name) {
            case "movddup" -> each(n -> second(n & 7));
            case "movsldup" -> each(n -> second(n & ~4));
            case "movshdup" -> each(n -> second(n | 4));
            case "pshufd" -> each(n -> second(4 * (order >> n / 4 * 2 & 3) + n % 4));
            case "pshufw" -> each(n -> second(2 * (order >> n / 2 * 2 & 3) + n % 2));
            case "pshuflw" -> each(n -> n >= 8 ? second(n) : second(2 * (order >> n / 2 * 2 & 3) + n % 2));
            case "pshufhw" -> each(n -> n < 8 ? second(n) : second(8 + 2 * (order >> (n - 8) / 2 * 2 & 3) + n % 2));
            case "shufps" -> each(n -> of(n < 8 ? 0 : 1, 4 * (order >> n / 4 * 2 & 3) + n % 4));
            case "shufpd" -> each(n -> of(n / 8, 8 * (order >> n / 8 & 1) + n % 8));
            case "blendps" -> each(n -> of(order >> n / 4 & 1, n));
            case "blendpd" -> each(n -> of(order >> n / 8 & 1, n));
            case "pblendw" -> each(n -> of(order >> n / 2 & 1, n));
            case "pslldq" -> each(n -> first(n - order));
            case "psrldq" -> each(n -> first(n + order));
            case "palignr" -> each(n -> n + order < size() ? second(n + order) : first(n + order - size()));
            default -> {
                return unpacks();
            }
        }
        return true;
    }

    private boolean unpacks() {
        if (!name.matches("p?unpck[lh](bw|wd|dq|qdq|ps|pd)")) {
            return false;
        }
        String unit = name.replaceAll("p?unpck[lh]", "");
        int element = switch (unit) {
            case "bw" -> 1;
            case "wd" -> 2;
            case "dq", "ps" -> 4;
            default -> 8;
        };
        int half = name.matches("p?unpckh.*") ? size() / 2 : 0;
        each(n -> of(n / element % 2, half + n / (2 * element) * element + n % element));
        return true;
    }

    /** Each element of the result is made of some whole elements. */
    private boolean combines() {
        switch (name) {
            case "packsswb", "packuswb" -> pairs(1);
            case "packssdw", "packusdw" -> pairs(2);
            case "phaddw", "phaddsw", "phsubw", "phsubsw" -> pairs(2);
            case "phaddd", "phsubd", "haddps", "hsubps" -> pairs(4);
            case "haddpd", "hsubpd" -> pairs(8);
            case "addsubpd" -> each(n -> concatenated(part(0, n & 8, 8), part(1, n & 8, 8)));
            case "pmuludq", "pmuldq" -> each(n -> concatenated(part(0, n & 8, 4), part(1, n & 8, 4)));
            case "psadbw" -> each(n -> n % 8 > 1 ? NOTHING : concatenated(part(0, n & 8, 8), part(1, n & 8, 8)));
            case "cvtps2pd", "cvtdq2pd", "cvtpi2pd" -> each(n -> part(1, n / 8 * 4, 4));
            case "cvtpd2ps", "cvtpd2dq", "cvttpd2dq", "cvtpd2pi", "cvttpd2pi" ->
                each(n -> n >= 8 ? NOTHING : part(1, n / 4 * 8, 8));
            case "dpps" -> product(4);
            case "dppd" -> product(8);
            case "phminposuw" -> each(n -> n < 3 ? part(1, 0, 16) : NOTHING);
            default -> {
                return shifts() || extends_();
            }
        }
        return true;
    }

    /** The low half of the result from pairs of elements of the first operand, the high one from the second. */
    private void pairs(int element) {
        int half = size() / 2;
        each(n -> part(n < half ? 0 : 1, n % half / element * 2 * element, 2 * element));
    }

    /** The immediate's upper bits choose the elements that are multiplied, the lower ones where the sum goes. */
    private void product(int element) {
        long[] all = NOTHING;
        for (int n = 0; n < 16 / element; n++) {
            if ((order >> 4 + n & 1) != 0) {
                all = concatenated(all, part(0, n * element, element), part(1, n * element, element));
            }
        }
        long[] sum = all;
        each(n -> (order >> n / element & 1) != 0 ? sum : NOTHING);
    }

    /** By a count that is the low half of the second operand, or an immediate. */
    private boolean shifts() {
        if (!name.matches("ps(ll|rl|ra)[wdq]")) {
            return false;
        }
        int element = name.endsWith("w") ? 2 : name.endsWith("d") ? 4 : 8;
        long[] count = operand(1);
        long[] low = Arrays.copyOf(count, Math.min(8, count.length));
        each(n -> concatenated(part(0, n / element * element, element), low));
        return true;
    }

    private boolean extends_() {
        if (!name.matches("pmov[sz]x(bw|bd|bq|wd|wq|dq)")) {
            return false;
        }
        int from = "bwdq".indexOf(name.charAt(6)) == 0 ? 1 : name.charAt(6) == 'w' ? 2 : 4;
        int to = name.charAt(7) == 'w' ? 2 : name.charAt(7) == 'd' ? 4 : 8;
        boolean signed = name.charAt(4) == 's';
        each(n -> n % to < from ? second(n / to * from + n % to) : signed ? second(n / to * from + from - 1) : NOTHING);
        return true;
    }

    // ---- single elements
    // --------------------------------------------------------------------------------------------

    private boolean elements() {
        switch (name) {
            case "pinsrb" -> insert(1, order & 15);
            case "pinsrw" -> insert(2, order & size() / 2 - 1);
            case "pinsrd" ->
                insert(places.get(1).bytes(), order & 16 / places.get(1).bytes() - 1);
            case "insertps" -> insertSingle();
            case "pextrb" -> extract(1, order & 15);
            case "pextrw" -> extract(2, order & operand(1).length / 2 - 1);
            case "pextrd", "extractps" -> {
                int element = name.equals("pextrd") ? places.getFirst().bytes() : 4;
                extract(element, order & 16 / element - 1);
            }
            case "pmovmskb" -> signs(1);
            case "movmskps" -> signs(4);
            case "movmskpd" -> signs(8);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void insert(int element, int number) {
        long[] written = part(0, number * element, element);
        long[] from = operand(1);
        flows.add(Flow.each(written, n -> new long[] {from[n]}));
    }

    private void insertSingle() {
        long[] from = places.get(1).kind() == OperandPlace.Kind.MEMORY ? operand(1) : part(1, (order >> 6) * 4, 4);
        int to = order >> 4 & 3;
        for (int n = 0; n < 4; n++) {
            if ((order >> n & 1) != 0) {
                flows.add(Flow.constant(part(0, 4 * n, 4)));
            } else if (n == to) {
                flows.add(Flow.each(part(0, 4 * n, 4), k -> new long[] {from[k]}));
            }
        }
    }

    private void extract(int element, int number) {
        long[] from = part(1, number * element, element);
        destination(n -> n < element ? new long[] {from[n]} : NOTHING);
    }

    /** The top bits of elements. */
    private void signs(int element) {
        long[] from = operand(1);
        destination(n -> {
            long[] tops = new long[Math.clamp(from.length / element - 8L * n, 0, 8)];
            for (int bit = 0; bit < tops.length; bit++) {
                tops[bit] = from[(8 * n + bit) * element + element - 1];
            }
            return tops;
        });
    }

    // ---- operands
    // ---------------------------------------------------------------------------------------------------

    private void each(IntFunction<long[]> sources) {
        destination(sources);
    }

    private void destination(IntFunction<long[]> sources) {
        OperandPlace to = places.getFirst();
        Effects.result(flows, to, false, Flow.each(Effects.bytes(moment, to, true), sources));
    }

    private int size() {
        return operand(0).length;
    }

    private long[] operand(int n) {
        return Effects.bytes(moment, places.get(n), false);
    }

    private long[] first(int n) {
        return of(0, n);
    }

    private long[] second(int n) {
        return of(1, n);
    }

    /** A byte of an operand; behind its ends there are zeros. */
    private long[] of(int operand, int n) {
        long[] bytes = operand(operand);
        return n < 0 || n >= bytes.length ? NOTHING : new long[] {bytes[n]};
    }

    private long[] part(int operand, int from, int count) {
        long[] bytes = operand(operand);
        return Arrays.copyOfRange(bytes, Math.min(from, bytes.length), Math.min(from + count, bytes.length));
    }

    static long[] concatenated(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
    }
}
