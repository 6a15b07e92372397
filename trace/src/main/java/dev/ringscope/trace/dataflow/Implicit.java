package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.ARITHMETIC;
import static dev.ringscope.trace.dataflow.Location.CARRY;
import static dev.ringscope.trace.dataflow.Location.FLAGS;
import static dev.ringscope.trace.dataflow.Location.general;
import static dev.ringscope.trace.dataflow.Location.register;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.OperandPlace;
import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What instructions read and write that their definitions do not say in operands: those that do everything themselves,
 * the stack pointer, the two halves of products. Intel SDM vol. 2.
 */
final class Implicit {
    static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7, R11 = 11;
    private static final int ZF = 0x40;

    private final Moment moment;
    private final Instruction i;
    private final List<OperandPlace> places;
    private final List<Flow> flows;

    Implicit(Moment moment, List<OperandPlace> places, List<Flow> flows) {
        this.moment = moment;
        this.places = places;
        this.flows = flows;
        i = moment.instruction;
    }

    /** Registers that make an address without being in an operand. */
    static List<long[]> addresses(Instruction i) {
        return switch (name(i)) {
            case "push", "pop", "call", "ret", "pushf", "popf", "pusha", "popa", "iret", "retf" ->
                List.of(general(RSP));
            case "leave" -> List.of(general(RBP));
            case "enter" -> List.of(general(RSP), general(RBP));
            case "maskmovdqu", "maskmovq" -> List.of(general(RDI));
            case "bt", "bts", "btr", "btc" ->
                OperandPlace.of(i).stream()
                        .skip(1)
                        .filter(place -> place.kind() == OperandPlace.Kind.GENERAL)
                        .map(place -> general(place.register()))
                        .toList();
            case "movs", "cmps" -> List.of(general(RSI), general(RDI));
            case "stos", "scas", "ins" -> List.of(general(RDI));
            case "lods", "outs" -> List.of(general(RSI));
            case "xlat" -> List.of(general(RBX), register(RAX, 0, 1));
            default -> List.of();
        };
    }

    /** The mnemonic without what it says about sizes. */
    static String name(Instruction i) {
        return i.def.method.getName().replaceAll("(Immediate|Memory|Accumulator|Register|Indirect|Dx|_)$", "");
    }

    // ---- beside the operands
    // ------------------------------------------------------------------------------------------

    /** What is done beside the operands of a definition that has some. */
    void besides() {
        switch (name(i)) {
            case "push" -> {
                flows.add(Flow.of(moment.written(), Shape.COPY, value(0)));
                itself(RSP);
            }
            case "call" -> itself(RSP);
            case "pop" -> {
                OperandPlace to = places.getFirst();
                if (to.kind() != OperandPlace.Kind.GENERAL || to.register() != RSP) {
                    itself(RSP);
                }
            }
            case "mul", "imul" -> product();
            case "div", "idiv" -> quotient();
            default -> {}
        }
    }

    private long[] value(int operand) {
        return Effects.bytes(moment, places.get(operand), false);
    }

    /** A pointer or counter that goes on. */
    private void itself(int register) {
        flows.add(Flow.of(general(register), Shape.UPWARD, general(register)));
    }

    private int width() {
        return places.getFirst().bytes();
    }

    private void product() {
        if (i.def.uses.size() != 1) {
            return;
        }
        int width = width();
        List<long[]> values = List.of(value(0), register(RAX, 0, width));
        wide(RAX, width == 1 ? 2 : width, values);
        if (width > 1) {
            wide(RDX, width, values);
        }
        flows.add(Flow.of(register(FLAGS, CARRY, 2), Shape.WHOLE, values));
    }

    private void quotient() {
        int width = width();
        List<long[]> values = width == 1
                ? List.of(value(0), register(RAX, 0, 2))
                : List.of(value(0), register(RAX, 0, width), register(RDX, 0, width));
        wide(RAX, width == 1 ? 2 : width, values);
        if (width > 1) {
            wide(RDX, width, values);
        }
    }

    private void wide(int register, int width, List<long[]> values) {
        wide(register, width, Flow.of(register(register, 0, width), Shape.WHOLE, values));
    }

    private void wide(int register, int width, Flow flow) {
        Effects.result(flows, new OperandPlace(OperandPlace.Kind.GENERAL, register, width), false, flow);
    }

    private void flags(long[]... values) {
        flows.add(Flow.of(register(FLAGS, CARRY, 2), Shape.WHOLE, values));
    }

    // ---- definitions without operands
    // ---------------------------------------------------------------------------------

    /** What an instruction does that has no operands in its definition. */
    void add() {
        switch (name(i)) {
            case "bt", "bts", "btr", "btc" -> bit();
            case "bsf", "bsr" -> search();
            case "popcnt" -> {
                flows.add(Flow.constant(register(FLAGS, CARRY, 1)));
                flows.add(Flow.of(register(FLAGS, ARITHMETIC, 1), Shape.WHOLE, value(1)));
                explicit(List.of(value(1)));
            }
            case "daa", "das" -> adjusts(1, 1, register(FLAGS, CARRY, 2));
            case "aaa", "aas" -> adjusts(2, 2, register(FLAGS, CARRY, 2));
            case "aam" -> adjusts(1, 2, register(FLAGS, CARRY, 2));
            case "aad" -> adjusts(2, 2, register(FLAGS, CARRY, 2));
            case "crc32", "crc32Byte" -> checksum();
            case "ret", "retf" -> itself(RSP);
            case "loop", "loope", "loopne" -> itself(RCX);
            case "cbw" -> extend();
            case "cwd" -> wide(RDX, i.operandSize, List.of(register(RAX, i.operandSize - 1, 1)));
            case "xchg", "xadd" -> exchange();
            case "cmpxchg" -> compareExchange();
            case "cmpxchg8b" -> compareExchangeWide();
            case "push", "pop", "pusha", "popa", "enter", "leave", "pushf", "popf", "iret" ->
                new StackFrames(moment, places, flows).add();
            case "movs", "stos", "lods", "cmps", "scas", "ins", "outs" -> flows.addAll(Strings.whole(moment));
            case "in" -> input();
            case "out", "jcxz", "nop", "pause" -> {}
            case "lahf" -> flows.add(Flow.of(register(RAX, 1, 1), Shape.WHOLE, register(FLAGS, CARRY, 2)));
            case "sahf" -> {
                flows.add(Flow.of(register(FLAGS, CARRY, 1), Shape.COPY, register(RAX, 1, 1)));
                long[] arithmetic = register(FLAGS, ARITHMETIC, 1); // OF stays
                flows.add(Flow.of(arithmetic, Shape.WHOLE, register(RAX, 1, 1), arithmetic));
            }
            case "cld", "std" -> flows.add(Flow.constant(register(FLAGS, Location.SYSTEM, 1)));
            case "clc", "stc" -> flows.add(Flow.constant(register(FLAGS, CARRY, 1)));
            case "cmc" -> flows.add(Flow.of(register(FLAGS, CARRY, 1), Shape.COPY, register(FLAGS, CARRY, 1)));
            case "salc" -> flows.add(Flow.of(register(RAX, 0, 1), Shape.COPY, register(FLAGS, CARRY, 1)));
            case "xlat" -> flows.add(Flow.of(register(RAX, 0, 1), Shape.COPY, moment.read()));
            case "syscall" -> {
                flows.add(Flow.constant(general(RCX)));
                flows.add(Flow.of(general(R11), Shape.WHOLE, register(FLAGS, 0, 3)));
            }
            case "sysret" -> flows.add(Flow.of(register(FLAGS, 0, 3), Shape.WHOLE, general(R11)));
            case "cpuid", "rdtsc", "rdtscp", "rdpmc", "rdrand", "rdmsr", "xgetbv" -> processor();
            case "movFrom", "movFromControl", "smsw" -> fromSystem();
            case "movTo", "movToControl" -> explicit(List.of(value(1)), Shape.COPY);
            default -> new Vectors(moment, places, flows).add();
        }
    }

    private void explicit(List<long[]> values) {
        explicit(values, Shape.WHOLE);
    }

    /** The first operand, made of some values. */
    private void explicit(List<long[]> values, Shape shape) {
        long[] bytes = Effects.bytes(moment, places.getFirst(), true);
        Effects.result(flows, places.getFirst(), false, Flow.of(bytes, shape, values));
    }

    /** BSF and BSR: a source of zero leaves the destination alone. */
    private void search() {
        long[] arithmetic = register(FLAGS, ARITHMETIC, 1);
        flows.add(Flow.of(arithmetic, Shape.WHOLE, value(1), arithmetic));
        if ((moment.flagsAfter & ZF) == 0) {
            explicit(List.of(value(1)));
        } else {
            long[] bytes = Effects.bytes(moment, places.getFirst(), true);
            Effects.result(
                    flows,
                    places.getFirst(),
                    false,
                    Flow.of(bytes, Shape.COPY, bytes).under(value(1)));
        }
    }

    /** Decimal adjustments of AL or AX. @param read bytes, and written ones */
    private void adjusts(int read, int written, long[] flags) {
        List<long[]> values = List.of(register(RAX, 0, read), flags);
        flows.add(Flow.of(register(RAX, 0, written), Shape.WHOLE, values));
        flows.add(Flow.of(flags, Shape.WHOLE, values));
    }

    /** CRC32 of a checksum of 32 bits and some more bytes. */
    private void checksum() {
        long[] written = Effects.bytes(moment, places.getFirst(), true);
        Effects.result(flows, places.getFirst(), false, Flow.constant(written));
        long[] sum = register(places.getFirst().register(), 0, 4);
        flows.add(Flow.of(sum, Shape.WHOLE, sum, value(1)));
    }

    private void bit() {
        long[] number = value(1);
        flows.add(Flow.of(register(FLAGS, CARRY, 1), Shape.WHOLE, value(0), number));
        if (!name(i).equals("bt")) {
            explicit(List.of(value(0), number));
        }
    }

    /** CBW, CWDE, CDQE. */
    private void extend() {
        int width = i.operandSize;
        wide(RAX, width, Flow.of(register(RAX, 0, width), Shape.SIGNED, register(RAX, 0, width / 2)));
    }

    private void exchange() {
        long[] first = value(0);
        long[] second = value(1);
        boolean adds = name(i).equals("xadd");
        if (adds) {
            flags(first, second);
        }
        Effects.result(
                flows, places.get(1), false, Flow.of(Effects.bytes(moment, places.get(1), true), Shape.COPY, first));
        explicit(adds ? List.of(first, second) : List.of(second), adds ? Shape.UPWARD : Shape.COPY);
    }

    private boolean equal() {
        return (moment.flagsAfter & ZF) != 0;
    }

    private void compareExchange() {
        int width = width();
        long[] accumulator = register(RAX, 0, width);
        long[] memory = value(0);
        long[] both = java.util.stream.LongStream.concat(
                        java.util.Arrays.stream(accumulator), java.util.Arrays.stream(memory))
                .toArray();
        flags(accumulator, memory);
        long[] written = Effects.bytes(moment, places.getFirst(), true);
        boolean register = places.getFirst().kind() == OperandPlace.Kind.GENERAL;
        if (equal()) {
            stays(RAX, width, both);
            if (register && width == 4) {
                flows.add(Flow.constant(register(places.getFirst().register(), 4, 4))
                        .under(both));
            }
            flows.add(Flow.of(written, Shape.COPY, value(1)).under(both));
        } else {
            wide(RAX, width, Flow.of(accumulator, Shape.COPY, memory).under(both));
            if (register) {
                stays(places.getFirst().register(), width, both);
            } else {
                flows.add(Flow.of(written, Shape.COPY, memory).under(both)); // memory is written back
            }
        }
    }

    /** A register that was not written, under a condition. */
    private void stays(int register, int width, long[] condition) {
        long[] bytes = register(register, 0, width == 4 ? 8 : width);
        flows.add(Flow.of(bytes, Shape.COPY, bytes).under(condition));
    }

    private void compareExchangeWide() {
        int half = (i.rex & 8) != 0 ? 8 : 4;
        long[] memory = moment.read();
        long[] low = java.util.Arrays.copyOfRange(memory, 0, half);
        long[] high = java.util.Arrays.copyOfRange(memory, half, 2 * half);
        long[] arithmetic = register(FLAGS, ARITHMETIC, 1); // ZF alone changes
        List<long[]> compared = List.of(memory, register(RAX, 0, half), register(RDX, 0, half), arithmetic);
        flows.add(Flow.of(arithmetic, Shape.WHOLE, compared));
        long[][] decided = compared.toArray(long[][]::new);
        long[] a = register(RAX, 0, half);
        long[] d = register(RDX, 0, half);
        if (equal()) {
            flows.add(Flow.of(low, Shape.COPY, register(RBX, 0, half)).under(decided));
            flows.add(Flow.of(high, Shape.COPY, register(RCX, 0, half)).under(decided));
            flows.add(Flow.of(a, Shape.COPY, a).under(decided));
            flows.add(Flow.of(d, Shape.COPY, d).under(decided));
        } else {
            flows.add(Flow.of(memory, Shape.COPY, memory).under(decided)); // it is written back
            wide(RAX, half, Flow.of(a, Shape.COPY, low).under(decided));
            wide(RDX, half, Flow.of(d, Shape.COPY, high).under(decided));
        }
    }

    private void input() {
        boolean immediate = places.size() > 1 && places.get(1).kind() == OperandPlace.Kind.IMMEDIATE;
        long port = immediate ? i.imm & 0xff : moment.before[RDX] & 0xffff;
        int width = width() == 0 ? i.operandSize : width();
        wide(RAX, width, Flow.leaf(register(RAX, 0, width), Leaf.PORT, "port 0x%x".formatted(port)));
    }

    private void processor() {
        List<Integer> written = switch (name(i)) {
            case "cpuid" -> List.of(RAX, RBX, RCX, RDX);
            case "rdtscp" -> List.of(RAX, RCX, RDX);
            case "rdrand" -> List.of();
            default -> List.of(RAX, RDX);
        };
        String detail = name(i) + (name(i).equals("rdmsr") ? " 0x%x".formatted((int) moment.before[RCX]) : "");
        for (int register : written) {
            flows.add(Flow.leaf(general(register), Leaf.PROCESSOR, detail));
        }
        if (name(i).equals("rdrand")) {
            flows.add(Flow.leaf(Effects.bytes(moment, places.getFirst(), true), Leaf.PROCESSOR, detail));
            flows.add(Flow.leaf(register(FLAGS, CARRY, 2), Leaf.PROCESSOR, detail));
        }
    }

    /** MOV from a segment or control register. */
    private void fromSystem() {
        List<long[]> values = new ArrayList<>();
        values.add(places.size() > 1 ? value(1) : register(Location.CONTROL, 0, 8));
        explicit(values, Shape.COPY);
    }

    static boolean arithmetic(long location) {
        return Location.inRegister(location)
                && Location.number(location) == FLAGS
                && Location.index(location) <= ARITHMETIC;
    }
}
