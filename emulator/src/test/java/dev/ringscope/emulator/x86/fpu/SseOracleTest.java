package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.BinaryFormat.DOUBLE;
import static dev.ringscope.emulator.x86.fpu.BinaryFormat.SINGLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.x86.fpu.HostFpu.Case;
import dev.ringscope.emulator.x86.fpu.HostFpu.Operand;
import dev.ringscope.emulator.x86.fpu.HostFpu.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scalar SSE operations give the host processor's bits, MXCSR flags and #XM, in the fast path and the exact one. */
class SseOracleTest {
    /** Where an instruction's operands come from and its result goes. */
    enum Form {
        /** xmm0, xmm1 to xmm0. */
        BINARY,
        /** xmm1 to xmm0. */
        UNARY,
        /** xmm0, xmm1 to EFLAGS. */
        FLAGS,
        /** xmm1 to eax or rax. */
        TO_INTEGER,
        /** eax or rax to xmm0. */
        FROM_INTEGER
    }

    interface Operation {
        long run(Mxcsr m, long a, long b);
    }

    record Instruction(String name, Form form, BinaryFormat source, int resultBits, String code, Operation operation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Instruction> instructions() {
        List<Instruction> list = new ArrayList<>();
        binary(list, "ADD", "58", SseFloat::addss, SseFloat::addsd);
        binary(list, "SUB", "5c", SseFloat::subss, SseFloat::subsd);
        binary(list, "MUL", "59", SseFloat::mulss, SseFloat::mulsd);
        binary(list, "DIV", "5e", SseFloat::divss, SseFloat::divsd);
        binary(list, "MIN", "5d", SseFloat::minss, SseFloat::minsd);
        binary(list, "MAX", "5f", SseFloat::maxss, SseFloat::maxsd);
        for (int predicate = 0; predicate < 8; predicate++) {
            int p = predicate;
            list.add(new Instruction(
                    "CMPSS_" + p,
                    Form.BINARY,
                    SINGLE,
                    32,
                    "f3 0f c2 c1 0" + p,
                    (m, a, b) -> SseCompare.cmpss(m, a, b, p)));
            list.add(new Instruction(
                    "CMPSD_" + p,
                    Form.BINARY,
                    DOUBLE,
                    64,
                    "f2 0f c2 c1 0" + p,
                    (m, a, b) -> SseCompare.cmpsd(m, a, b, p)));
        }
        list.add(new Instruction("SQRTSS", Form.UNARY, SINGLE, 32, "f3 0f 51 c1", (m, a, b) -> SseFloat.sqrtss(m, b)));
        list.add(new Instruction("SQRTSD", Form.UNARY, DOUBLE, 64, "f2 0f 51 c1", (m, a, b) -> SseFloat.sqrtsd(m, b)));
        list.add(new Instruction("COMISS", Form.FLAGS, SINGLE, 32, "0f 2f c1", SseCompare::comiss));
        list.add(new Instruction("COMISD", Form.FLAGS, DOUBLE, 32, "66 0f 2f c1", SseCompare::comisd));
        list.add(new Instruction("UCOMISS", Form.FLAGS, SINGLE, 32, "0f 2e c1", SseCompare::ucomiss));
        list.add(new Instruction("UCOMISD", Form.FLAGS, DOUBLE, 32, "66 0f 2e c1", SseCompare::ucomisd));
        conversions(list);
        for (int immediate = 0; immediate < 16; immediate++) {
            int i = immediate;
            String code = " c1 %02x".formatted(i);
            list.add(new Instruction(
                    "ROUNDSS_" + i,
                    Form.UNARY,
                    SINGLE,
                    32,
                    "66 0f 3a 0a" + code,
                    (m, a, b) -> SseConvert.roundss(m, b, i)));
            list.add(new Instruction(
                    "ROUNDSD_" + i,
                    Form.UNARY,
                    DOUBLE,
                    64,
                    "66 0f 3a 0b" + code,
                    (m, a, b) -> SseConvert.roundsd(m, b, i)));
        }
        return list.stream();
    }

    private static void binary(List<Instruction> list, String name, String opcode, Operation single, Operation twice) {
        list.add(new Instruction(name + "SS", Form.BINARY, SINGLE, 32, "f3 0f " + opcode + " c1", single));
        list.add(new Instruction(name + "SD", Form.BINARY, DOUBLE, 64, "f2 0f " + opcode + " c1", twice));
    }

    private static void conversions(List<Instruction> list) {
        list.add(new Instruction(
                "CVTSS2SD", Form.UNARY, SINGLE, 64, "f3 0f 5a c1", (m, a, b) -> SseConvert.cvtss2sd(m, b)));
        list.add(new Instruction(
                "CVTSD2SS", Form.UNARY, DOUBLE, 32, "f2 0f 5a c1", (m, a, b) -> SseConvert.cvtsd2ss(m, b)));
        for (int width : new int[] {32, 64}) {
            String rex = width == 64 ? " 48" : "";
            list.add(new Instruction(
                    "CVTSS2SI" + width,
                    Form.TO_INTEGER,
                    SINGLE,
                    width,
                    "f3" + rex + "0f 2d c1",
                    (m, a, b) -> SseConvert.cvtss2si(m, b, width)));
            list.add(new Instruction(
                    "CVTTSS2SI" + width,
                    Form.TO_INTEGER,
                    SINGLE,
                    width,
                    "f3" + rex + "0f 2c c1",
                    (m, a, b) -> SseConvert.cvttss2si(m, b, width)));
            list.add(new Instruction(
                    "CVTSD2SI" + width,
                    Form.TO_INTEGER,
                    DOUBLE,
                    width,
                    "f2" + rex + "0f 2d c1",
                    (m, a, b) -> SseConvert.cvtsd2si(m, b, width)));
            list.add(new Instruction(
                    "CVTTSD2SI" + width,
                    Form.TO_INTEGER,
                    DOUBLE,
                    width,
                    "f2" + rex + "0f 2c c1",
                    (m, a, b) -> SseConvert.cvttsd2si(m, b, width)));
            list.add(new Instruction(
                    "CVTSI2SS" + width,
                    Form.FROM_INTEGER,
                    SINGLE,
                    32,
                    "f3" + rex + "0f 2a c0",
                    (m, a, b) -> SseConvert.cvtsi2ss(m, width == 32 ? (int) a : a)));
            list.add(new Instruction(
                    "CVTSI2SD" + width,
                    Form.FROM_INTEGER,
                    DOUBLE,
                    64,
                    "f2" + rex + "0f 2a c0",
                    (m, a, b) -> SseConvert.cvtsi2sd(m, width == 32 ? (int) a : a)));
        }
    }

    @ParameterizedTest
    @MethodSource("instructions")
    void agreesWithTheHostWhenExceptionsAreMasked(Instruction instruction) {
        check(instruction, cases(instruction, SseOperands.MASKED, 600));
    }

    @ParameterizedTest
    @MethodSource("instructions")
    void raisesUnmaskedExceptionsAsTheHostDoes(Instruction instruction) {
        check(instruction, cases(instruction, SseOperands.UNMASKED, 60));
    }

    /** ADDPS, lane by lane: an unmasked IE, DE or ZE in one lane keeps the others from raising OE, UE and PE. */
    @Test
    void lanesShareTheirExceptionsAsOnTheHost() {
        List<Case> cases = new ArrayList<>();
        List<Operand> special = SseOperands.special(SINGLE);
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            int control = i % 3 == 0 ? 0x1f80 : SseOperands.UNMASKED.get(i % SseOperands.UNMASKED.size());
            cases.add(new Case(control, fourLanes(random, special), fourLanes(random, special)));
        }
        List<Result> results = HostFpu.sse("0f 58 c1", cases);
        Mxcsr m = new Mxcsr();
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            m.value = c.control();
            long low = addLanes(m, c.a().low(), c.b().low());
            long high = addLanes(m, c.a().high(), c.b().high());
            boolean raised = m.takeUnmasked() != 0;
            assertThat(raised).as("#XM of %s", c).isEqualTo(results.get(i).signalled());
            assertThat(m.value).as("MXCSR after %s", c).isEqualTo(results.get(i).status());
            if (!raised) {
                assertThat(new Operand(low, high))
                        .as("sum of %s", c)
                        .isEqualTo(results.get(i).r0());
            }
        }
    }

    private static Operand fourLanes(Random random, List<Operand> special) {
        long[] lanes = new long[4];
        for (int n = 0; n < 4; n++) {
            lanes[n] = random.nextInt(3) == 0
                    ? special.get(random.nextInt(special.size())).low()
                    : Float.floatToRawIntBits((float) random.nextGaussian()) & 0xffffffffL;
        }
        return new Operand(lanes[0] | lanes[1] << 32, lanes[2] | lanes[3] << 32);
    }

    private static long addLanes(Mxcsr m, long a, long b) {
        return SseFloat.addss(m, a & 0xffffffffL, b & 0xffffffffL) | SseFloat.addss(m, a >>> 32, b >>> 32) << 32;
    }

    @Test
    void approximationsStayWithinTheManualsBound() {
        Random random = new Random(8);
        for (int i = 0; i < 100_000; i++) {
            float x = Float.intBitsToFloat((random.nextInt(1, 252) << 23) + random.nextInt(1 << 23));
            long bits = Float.floatToRawIntBits(x) & 0xffffffffL;
            double reciprocal = Float.intBitsToFloat((int) SseConvert.rcpss(bits));
            double root = Float.intBitsToFloat((int) SseConvert.rsqrtss(bits));
            assertThat(Math.abs(reciprocal * x - 1)).isLessThanOrEqualTo(1.5 * 0x1p-12);
            assertThat(Math.abs(root * Math.sqrt(x) - 1)).isLessThanOrEqualTo(1.5 * 0x1p-12);
        }
        assertThat(SseConvert.rcpss(0x80000000L)).isEqualTo(0xff800000L);
        assertThat(SseConvert.rcpss(1)).as("a denormal counts as zero").isEqualTo(0x7f800000L);
        assertThat(SseConvert.rsqrtss(0x80000000L)).isEqualTo(0xff800000L);
        assertThat(SseConvert.rsqrtss(0xbf800000L)).isEqualTo(0xffc00000L);
        assertThat(SseConvert.rcpss(0x7f800001L)).isEqualTo(0x7fc00001L);
    }

    private static List<Case> cases(Instruction instruction, List<Integer> controls, int randoms) {
        return switch (instruction.form) {
            case BINARY, FLAGS -> SseOperands.pairs(instruction.source, controls, randoms);
            case UNARY, TO_INTEGER -> SseOperands.singles(instruction.source, controls, randoms);
            case FROM_INTEGER -> SseOperands.integers(controls, randoms);
        };
    }

    private static void check(Instruction instruction, List<Case> cases) {
        List<Result> results = HostFpu.sse(instruction.code, cases);
        Mxcsr m = new Mxcsr();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            Result host = results.get(i);
            m.value = c.control();
            long result = instruction.operation.run(m, c.a().low(), c.b().low());
            boolean raised = m.takeUnmasked() != 0;
            boolean same = raised == host.signalled() && m.value == host.status();
            if (!raised) {
                same &= sameResult(instruction, result, c.a(), host);
            }
            if (!same) {
                differences.add("%s: %s: %016x mxcsr %04x #XM %s, host %s rax %016x mxcsr %04x #XM %s"
                        .formatted(
                                instruction,
                                c,
                                result,
                                m.value,
                                raised,
                                host.r0(),
                                host.rax(),
                                host.status(),
                                host.signalled()));
            }
        }
        assertThat(differences.stream().limit(20))
                .as("%d differences in %d cases", differences.size(), cases.size())
                .isEmpty();
    }

    private static boolean sameResult(Instruction instruction, long result, Operand destination, Result host) {
        long mask = instruction.resultBits == 32 ? 0xffffffffL : -1;
        return switch (instruction.form) {
            case FLAGS -> (host.r1().low() & 0x8d5) == result;
            case TO_INTEGER -> (result & mask) == host.rax();
            case BINARY, UNARY, FROM_INTEGER ->
                (destination.low() & ~mask | result) == host.r0().low();
        };
    }
}
