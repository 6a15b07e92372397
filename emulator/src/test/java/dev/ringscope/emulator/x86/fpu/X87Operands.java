package dev.ringscope.emulator.x86.fpu;

import dev.ringscope.emulator.x86.fpu.HostFpu.Case;
import dev.ringscope.emulator.x86.fpu.HostFpu.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Operands and control words worth trying: every class of encoding crossed with every other, and random ones near them.
 */
public final class X87Operands {
    /** Every rounding and precision control with all exceptions masked. */
    public static final List<Integer> MASKED = masked();

    /** Each exception unmasked alone, and all together, under two roundings and two precisions. */
    public static final List<Integer> UNMASKED = unmasked();

    private static final int[] EXPONENTS = {0, 1, 2, 0x3fc0, 0x3ffe, 0x3fff, 0x4000, 0x403e, 0x7ffd, 0x7ffe};
    private static final long[] SIGNIFICANDS = {
        0x8000000000000000L,
        0x8000000000000001L,
        0xc000000000000000L,
        0xffffffffffffffffL,
        0xfffffffffffff800L,
        0xffffff0000000000L,
        0xaaaaaaaaaaaaaaaaL
    };

    private X87Operands() {}

    private static List<Integer> masked() {
        List<Integer> controls = new ArrayList<>();
        for (int rounding = 0; rounding < 4; rounding++) {
            for (int precision : new int[] {3, 2, 0}) {
                controls.add(0x3f | precision << 8 | rounding << 10);
            }
        }
        return List.copyOf(controls);
    }

    private static List<Integer> unmasked() {
        List<Integer> controls = new ArrayList<>();
        for (int mask : new int[] {0x3e, 0x3d, 0x3b, 0x37, 0x2f, 0x1f, 0}) {
            controls.add(mask | 0x300);
            controls.add(mask | 0x300 | 2 << 10);
            controls.add(mask | 0x000 | 1 << 10);
        }
        return List.copyOf(controls);
    }

    /**
     * About ninety values: zeros, (pseudo-)denormals, boundaries, infinities, NaNs and the encodings no longer
     * supported.
     */
    public static List<Operand> special() {
        List<Operand> values = new ArrayList<>();
        for (int sign : new int[] {0, 0x8000}) {
            long[] denormals = {0, 1, 0x123456789abcdefL, 0x7fffffffffffffffL, 0x8000000000000000L, 0x8000000000000001L
            };
            for (long significand : denormals) {
                values.add(Operand.float80(sign, significand));
            }
            for (int exponent : EXPONENTS) {
                if (exponent != 0) {
                    values.add(Operand.float80(sign | exponent, 0x8000000000000000L));
                    values.add(Operand.float80(sign | exponent, 0xffffffffffffffffL));
                }
            }
            long[] topSignificands = {
                0x8000000000000000L,
                0x8000000000000001L,
                0xbfffffffffffffffL,
                0xc000000000000000L,
                0xc000000000000001L,
                0,
                0x4000000000000000L
            };
            for (long significand : topSignificands) {
                values.add(Operand.float80(sign | 0x7fff, significand));
            }
            values.add(Operand.float80(sign | 0x4000, 0x4000000000000000L));
            values.add(Operand.float80(sign | 0x1234, 0));
        }
        return values;
    }

    public static Operand random(Random random) {
        int sign = random.nextInt(2) << 15;
        int exponent = switch (random.nextInt(6)) {
            case 0 -> EXPONENTS[random.nextInt(EXPONENTS.length)];
            case 1 -> random.nextInt(0x7fff);
            case 2 -> random.nextInt(80);
            case 3 -> 0x7ffe - random.nextInt(80);
            default -> 0x3fff - 40 + random.nextInt(110);
        };
        long significand = switch (random.nextInt(4)) {
            case 0 -> SIGNIFICANDS[random.nextInt(SIGNIFICANDS.length)];
            case 1 -> random.nextLong() << random.nextInt(64);
            default -> random.nextLong();
        };
        return Operand.float80(sign | exponent, exponent == 0 ? significand : significand | Float80.INTEGER_BIT);
    }

    /** A value whose exponent is near the other's, so that sums cancel and quotients are near 1. */
    static Operand near(Random random, Operand other) {
        Operand value = random(random);
        int exponent = Math.clamp((other.se() & 0x7fff) + random.nextInt(-70, 71), 0, 0x7ffe);
        if (random.nextInt(3) == 0) {
            exponent = other.se() & 0x7fff;
        }
        long significand = random.nextInt(3) == 0 ? other.low() + random.nextInt(-3, 4) : value.low();
        significand = exponent == 0 ? significand : significand | Float80.INTEGER_BIT;
        return Operand.float80(value.se() & 0x8000 | Math.min(exponent, 0x7ffe), significand);
    }

    /** All pairs of special values, and {@code randoms} random pairs for each control word. */
    static List<Case> pairs(List<Integer> controls, int randoms) {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(controls.hashCode() * 31L + randoms);
        List<Operand> special = special();
        int turn = 0;
        for (Operand a : special) {
            for (Operand b : special) {
                cases.add(new Case(controls.get(turn++ % controls.size()), a, b));
                cases.add(new Case(controls.get(turn++ % controls.size()), a, b));
            }
            turn++;
        }
        for (int control : controls) {
            for (int i = 0; i < randoms; i++) {
                Operand a = random(random);
                cases.add(new Case(control, a, i % 2 == 0 ? near(random, a) : random(random)));
            }
        }
        return cases;
    }

    /** All special values under all control words, and random ones. */
    static List<Case> singles(List<Integer> controls, int randoms) {
        List<Case> cases = new ArrayList<>();
        Random random = new Random(controls.hashCode() * 37L + randoms);
        Operand zero = Operand.float80(0, 0);
        for (int control : controls) {
            for (Operand a : special()) {
                cases.add(new Case(control, a, zero));
            }
            for (int i = 0; i < randoms; i++) {
                cases.add(new Case(control, random(random), zero));
            }
        }
        return cases;
    }
}
