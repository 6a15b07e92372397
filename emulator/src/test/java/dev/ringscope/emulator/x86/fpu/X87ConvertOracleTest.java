package dev.ringscope.emulator.x86.fpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.x86.fpu.HostFpu.Case;
import dev.ringscope.emulator.x86.fpu.HostFpu.Operand;
import dev.ringscope.emulator.x86.fpu.HostFpu.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Loads and stores that change format give the host processor's bits, exceptions and C1, and store nothing when
 * suppressed.
 */
class X87ConvertOracleTest {
    private static final int STATUS = 0x473f;
    private static final long UNTOUCHED = 0xccccccccccccccccL;

    /** What FST-like instructions put into memory: {@code bytes} of it, from {@code low} and then {@code high}. */
    interface Store {
        long run(X87Context fpu, int se, long significand);
    }

    interface Load {
        void run(X87Context fpu, long low, long high);
    }

    enum StoreInstruction {
        FST_M32("d9 52 10", 4, X87Convert::toFloat32),
        FST_M64("dd 52 10", 8, X87Convert::toFloat64),
        FIST_M16("df 52 10", 2, (fpu, se, a) -> X87Convert.toInteger(fpu, se, a, 16)),
        FIST_M32("db 52 10", 4, (fpu, se, a) -> X87Convert.toInteger(fpu, se, a, 32)),
        FISTP_M64("df 7a 10", 8, (fpu, se, a) -> X87Convert.toInteger(fpu, se, a, 64)),
        FISTTP_M16("df 4a 10", 2, (fpu, se, a) -> X87Convert.toTruncatedInteger(fpu, se, a, 16)),
        FISTTP_M32("db 4a 10", 4, (fpu, se, a) -> X87Convert.toTruncatedInteger(fpu, se, a, 32)),
        FISTTP_M64("dd 4a 10", 8, (fpu, se, a) -> X87Convert.toTruncatedInteger(fpu, se, a, 64)),
        FBSTP("df 72 10", 10, (fpu, se, a) -> {
            X87Decimal.store(fpu, se, a);
            return fpu.significand;
        });

        final String code;
        final int bytes;
        final Store store;

        StoreInstruction(String code, int bytes, Store store) {
            this.code = code;
            this.bytes = bytes;
            this.store = store;
        }

        Operand expected(X87Context fpu, Operand a) {
            long low = store.run(fpu, a.se(), a.low());
            if (!fpu.delivered) {
                return new Operand(UNTOUCHED, UNTOUCHED);
            }
            if (bytes == 10) {
                return new Operand(low, UNTOUCHED & -1L << 16 | fpu.se);
            }
            long kept = bytes == 8 ? 0 : -1L << 8 * bytes;
            return new Operand(UNTOUCHED & kept | low & ~kept, UNTOUCHED);
        }
    }

    enum LoadInstruction {
        FLD_M32("d9 02", (fpu, low, high) -> X87Convert.fromFloat32(fpu, (int) low)),
        FLD_M64("dd 02", (fpu, low, high) -> X87Convert.fromFloat64(fpu, low)),
        FILD_M16("df 02", (fpu, low, high) -> X87Convert.fromInteger(fpu, (short) low)),
        FILD_M32("db 02", (fpu, low, high) -> X87Convert.fromInteger(fpu, (int) low)),
        FILD_M64("df 2a", (fpu, low, high) -> X87Convert.fromInteger(fpu, low)),
        FBLD("df 22", (fpu, low, high) -> X87Decimal.load(fpu, (int) high & 0xffff, low)),
        FLD1("d9 e8", (fpu, low, high) -> X87Convert.constant(fpu, X87Constant.ONE)),
        FLDL2T("d9 e9", (fpu, low, high) -> X87Convert.constant(fpu, X87Constant.LOG2_10)),
        FLDL2E("d9 ea", (fpu, low, high) -> X87Convert.constant(fpu, X87Constant.LOG2_E)),
        FLDPI("d9 eb", (fpu, low, high) -> X87Convert.constant(fpu, X87Constant.PI)),
        FLDLG2("d9 ec", (fpu, low, high) -> X87Convert.constant(fpu, X87Constant.LOG10_2)),
        FLDLN2("d9 ed", (fpu, low, high) -> X87Convert.constant(fpu, X87Constant.LN_2)),
        FLDZ("d9 ee", (fpu, low, high) -> X87Convert.constant(fpu, X87Constant.ZERO));

        final String code;
        final Load load;

        LoadInstruction(String code, Load load) {
            this.code = code;
            this.load = load;
        }
    }

    private static final List<Integer> CONTROLS = Stream.concat(
                    X87Operands.MASKED.stream(), X87Operands.UNMASKED.stream())
            .toList();

    @ParameterizedTest
    @EnumSource
    void storesWhatTheHostStores(StoreInstruction instruction) {
        List<Case> cases = new ArrayList<>(X87Operands.singles(CONTROLS, 500));
        Random random = new Random(instruction.ordinal());
        for (int control : CONTROLS) {
            for (int i = 0; i < 1500; i++) {
                cases.add(new Case(control, atTheFormatsEdge(random), Operand.float80(0, 0)));
            }
        }
        List<Result> results = HostFpu.x87(instruction.code, cases);
        X87Context fpu = new X87Context();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            fpu.control = c.control();
            Operand memory = instruction.expected(fpu, c.a());
            compare(instruction + ": " + c, memory, fpu, results.get(i).memory(), results.get(i), differences);
        }
        report(differences, cases.size());
    }

    @ParameterizedTest
    @EnumSource
    void loadsWhatTheHostLoads(LoadInstruction instruction) {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(instruction.ordinal());
        for (int control : CONTROLS) {
            for (int i = 0; i < 1500; i++) {
                cases.add(new Case(control, memoryOperand(random, instruction), Operand.float80(0, 0)));
            }
        }
        // Whether a load with DE unmasked pushes a denormal differs between processors.
        cases.removeIf(c -> (c.control() & X87Context.DE) == 0 && !NativeOracle.onAmd());
        List<Result> results = HostFpu.x87(instruction.code, cases);
        X87Context fpu = new X87Context();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            fpu.control = c.control();
            instruction.load.run(fpu, c.a().low(), c.a().high());
            Operand value =
                    fpu.delivered ? Operand.float80(fpu.se, fpu.significand) : Operand.float80(c.a().se(), c.a().low());
            compare(instruction + ": " + c, value, fpu, results.get(i).r0(), results.get(i), differences);
        }
        report(differences, cases.size());
    }

    enum MemoryInstruction {
        FADD_M32("d9 c9 d8 02", true, X87Arithmetic::add),
        FMUL_M64("d9 c9 dc 0a", false, X87Arithmetic::multiply),
        FDIV_M32("d9 c9 d8 32", true, X87Arithmetic::divide),
        FSUB_M64("d9 c9 dc 22", false, X87Arithmetic::subtract),
        FCOM_M32("d9 c9 d8 12", true, X87Compare::ordered),
        FCOM_M64("d9 c9 dc 12", false, X87Compare::ordered);

        final String code;
        final boolean single;
        final X87OracleTest.Operation operation;

        MemoryInstruction(String code, boolean single, X87OracleTest.Operation operation) {
            this.code = code;
            this.single = single;
            this.operation = operation;
        }
    }

    /** ST(0) is the case's b; the operand in memory its a. */
    @ParameterizedTest
    @EnumSource
    void computesWithNarrowMemoryOperandsAsTheHostDoes(MemoryInstruction instruction) {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(instruction.ordinal());
        List<Operand> special = X87Operands.special();
        for (int control : CONTROLS) {
            for (int i = 0; i < 1500; i++) {
                Operand b = i % 2 == 0 ? special.get(random.nextInt(special.size())) : atTheFormatsEdge(random);
                cases.add(new Case(control, memoryOperand(random, LoadInstruction.FLD_M64), b));
            }
        }
        List<Result> results = HostFpu.x87(instruction.code, cases);
        X87Context fpu = new X87Context();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            fpu.control = c.control();
            if (instruction.single) {
                X87Convert.operandFromFloat32(fpu, (int) c.a().low());
            } else {
                X87Convert.operandFromFloat64(fpu, c.a().low());
            }
            instruction.operation.run(fpu, c.b().se(), c.b().low(), fpu.operandSe, fpu.operandSignificand);
            boolean compares = instruction.name().startsWith("FCOM");
            Operand value = fpu.delivered && !compares ? Operand.float80(fpu.se, fpu.significand) : c.b();
            compare(instruction + ": " + c, value, fpu, results.get(i).r0(), results.get(i), differences);
        }
        report(differences, cases.size());
    }

    private static void compare(
            String what, Operand value, X87Context fpu, Operand hostValue, Result host, List<String> differences) {
        int status = fpu.raised | fpu.condition;
        if (!value.equals(hostValue) || status != (host.status() & STATUS)) {
            differences.add("%s: %s status %04x, host %s status %04x"
                    .formatted(what, value, status, hostValue, host.status() & STATUS));
        }
    }

    private static void report(List<String> differences, int cases) {
        assertThat(differences.stream().limit(20))
                .as("%d differences in %d cases", differences.size(), cases)
                .isEmpty();
    }

    /** Values around 0.5 to 2^65 and around the ends of float32 and float64, with few or many significand bits. */
    private static Operand atTheFormatsEdge(Random random) {
        int[] edges = {0, 15, 16, 31, 32, 60, 62, 63, 128, 1024, -126, -149, -1022, -1074};
        int exponent = Float80.BIAS + edges[random.nextInt(edges.length)] + random.nextInt(-3, 3);
        long significand = random.nextBoolean()
                ? random.nextLong()
                : random.nextBoolean() ? -1L << random.nextInt(64) : (1L << random.nextInt(64)) + random.nextInt(-1, 2);
        return Operand.float80(random.nextInt(2) << 15 | exponent, significand | Float80.INTEGER_BIT);
    }

    private static Operand memoryOperand(Random random, LoadInstruction instruction) {
        if (instruction == LoadInstruction.FBLD && random.nextInt(8) == 0) {
            return new Operand(random.nextLong(), random.nextInt(0x10000));
        }
        if (instruction == LoadInstruction.FBLD) {
            long digits = 0;
            for (int i = 0; i < 16; i++) {
                digits = digits << 4 | random.nextInt(10);
            }
            long top = random.nextInt(10) << 4 | random.nextInt(10) | random.nextInt(2) << 15;
            return random.nextInt(20) == 0 ? new Operand(0, top & 0x8000) : new Operand(digits, top);
        }
        long bits = random.nextLong();
        long[] edges = {0, 0x7f800000L, 0x7f800001L, 0x7fc00000L, 1, 0x7ff0000000000000L, 0x7ff0000000000001L, -1};
        long value = switch (random.nextInt(4)) {
            case 0 -> edges[random.nextInt(edges.length)] ^ (random.nextBoolean() ? 0x80000000L : 0);
            case 1 -> edges[random.nextInt(edges.length)] ^ (random.nextBoolean() ? 1L << 63 : 0);
            case 2 -> bits & ~(0x7ffL << 52) & ~(0xffL << 23);
            default -> bits;
        };
        return new Operand(value, 0x3fff);
    }
}
