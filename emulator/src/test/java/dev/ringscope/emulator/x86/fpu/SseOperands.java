package dev.ringscope.emulator.x86.fpu;

import dev.ringscope.emulator.x86.fpu.HostFpu.Case;
import dev.ringscope.emulator.x86.fpu.HostFpu.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Operands of one float format, and values of MXCSR, for comparisons with the host. */
final class SseOperands {
    /** All masked: the default with and without PE already set, then every rounding with DAZ, FTZ, both and neither. */
    static final List<Integer> MASKED = masked();

    /** Each exception unmasked alone, some with DAZ, FTZ or another rounding, and all together. */
    static final List<Integer> UNMASKED = List.of(
            0x1f00,
            0x1e80,
            0x1d80,
            0x1b80,
            0x1780,
            0x0f80,
            0x0000,
            0x5f00,
            0x3780,
            0x9780,
            0x1d80 | 0x40,
            0x9b80,
            0x6f80,
            0x8000);

    private SseOperands() {}

    private static List<Integer> masked() {
        List<Integer> values = new ArrayList<>(List.of(0x1f80, 0x1fa0, 0x1f80));
        for (int rounding = 0; rounding < 4; rounding++) {
            for (int flush : new int[] {0, 0x40, 0x8000, 0x8040}) {
                values.add(0x1f80 | rounding << 13 | flush);
            }
        }
        return List.copyOf(values);
    }

    static List<Operand> special(BinaryFormat format) {
        long one = (long) format.bias << format.precision - 1;
        long unit = format.fraction + 1;
        long[] magnitudes = {
            0,
            1,
            2,
            format.fraction,
            format.quietBit,
            unit,
            unit + 1,
            2 * unit,
            2 * unit - 1,
            one,
            one + 1,
            one - 1,
            one + format.quietBit,
            one + format.precision * unit,
            format.largestFinite(),
            format.infinity - unit,
            format.infinity,
            format.infinity + 1,
            format.infinity | format.quietBit,
            format.infinity | format.fraction,
            format.infinity | format.quietBit - 1
        };
        List<Operand> values = new ArrayList<>();
        for (long magnitude : magnitudes) {
            values.add(operand(magnitude));
            values.add(operand(magnitude | format.signBit));
        }
        return values;
    }

    /** Above a scalar lie bits that the instruction must not look at. */
    static Operand operand(long bits) {
        return new Operand(bits, 0x7ff0_0000_0000_0001L);
    }

    static Operand random(Random random, BinaryFormat format) {
        long bits = random.nextLong() & (format.signBit | format.infinity | format.fraction);
        int exponents = 2 * format.bias;
        long exponent = switch (random.nextInt(6)) {
            case 0 -> random.nextInt(0, format.precision + 3);
            case 1 -> exponents - random.nextInt(0, format.precision + 3);
            case 2 -> random.nextInt(0, exponents + 1);
            default -> format.bias + random.nextInt(-70, 70);
        };
        long fraction = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextLong() << random.nextInt(format.precision);
            default -> bits;
        };
        return operand(bits & format.signBit | exponent << format.precision - 1 | fraction & format.fraction);
    }

    static Operand near(Random random, BinaryFormat format, Operand other) {
        long delta =
                random.nextInt(3) == 0 ? random.nextInt(-2, 3) : (long) random.nextInt(-60, 60) << format.precision - 1;
        long magnitude = (other.low() & ~format.signBit) + delta;
        if (magnitude < 0 || magnitude >= format.infinity) {
            return random(random, format);
        }
        return operand(magnitude | random.nextLong() & format.signBit);
    }

    static List<Case> pairs(BinaryFormat format, List<Integer> controls, int randoms) {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(format.precision + controls.size());
        List<Operand> special = special(format);
        int turn = 0;
        for (Operand a : special) {
            for (Operand b : special) {
                cases.add(new Case(controls.get(turn++ % controls.size()), a, b));
                cases.add(new Case(controls.get(turn++ % controls.size()), a, b));
            }
        }
        for (int control : controls) {
            for (int i = 0; i < randoms; i++) {
                Operand a = random(random, format);
                cases.add(new Case(control, a, i % 2 == 0 ? near(random, format, a) : random(random, format)));
            }
        }
        return cases;
    }

    /** The operand is b, as in {@code SQRTSD xmm0, xmm1}. */
    static List<Case> singles(BinaryFormat format, List<Integer> controls, int randoms) {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(format.precision - controls.size());
        Operand destination = operand((long) format.bias << format.precision - 1);
        for (int control : controls) {
            for (Operand b : special(format)) {
                cases.add(new Case(control, destination, b));
            }
            for (int i = 0; i < randoms; i++) {
                cases.add(new Case(control, destination, random(random, format)));
            }
        }
        return cases;
    }

    /** Integers in a's low quadword, as in {@code CVTSI2SD xmm0, rax}. */
    static List<Case> integers(List<Integer> controls, int randoms) {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(controls.size());
        for (int control : controls) {
            for (int i = 0; i < randoms; i++) {
                long value = random.nextLong() >> random.nextInt(64);
                long edge = (1L << random.nextInt(64)) + random.nextInt(-2, 3);
                cases.add(new Case(control, new Operand(i % 2 == 0 ? value : edge, 0), new Operand(0, 0)));
            }
        }
        return cases;
    }
}
