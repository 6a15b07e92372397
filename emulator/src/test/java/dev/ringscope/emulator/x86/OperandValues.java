package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.ProcessorCase.PAGE;
import static dev.ringscope.emulator.x86.ProcessorCase.SCRATCH;
import static dev.ringscope.emulator.x86.ProcessorCase.WINDOW;
import static dev.ringscope.emulator.x86.ProcessorCase.WINDOW_BYTES;

import java.util.SplittableRandom;

/** Numbers worth trying: the boundaries of each type, its special values, random ones; and addresses. */
final class OperandValues {
    private static final long[] INTEGERS = {
        0,
        1,
        2,
        3,
        -1,
        -2,
        0x7f,
        0x80,
        0x81,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x8080_8080_8080_8080L,
        0x7f7f_7f7f_7f7f_7f7fL,
        0x8000_8000_8000_8000L,
        0x7fff_8000_7fff_8000L,
        0x8000_0000_8000_0000L,
        0x7fff_ffff_8000_0000L
    };

    private static final float[] FLOATS = {
        0,
        1,
        1.5f,
        2,
        2.5f,
        0.5f,
        3,
        0.1f,
        Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MIN_NORMAL - Float.MIN_VALUE,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        0x1p31f,
        0x1p63f,
        0x1p-31f,
        2147483520f,
        8388608f,
        8388607.5f,
        16777216f,
        4503599627370496f,
        1e30f,
        1e-30f
    };

    private static final double[] DOUBLES = {
        0,
        1,
        1.5,
        2,
        2.5,
        0.5,
        3,
        0.1,
        Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Double.MIN_NORMAL - Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        0x1p31,
        0x1p63,
        2147483647,
        2147483646.5,
        2147483647.5,
        0x1p52,
        0x1p52 - 0.5,
        Float.MAX_VALUE,
        Float.MIN_VALUE,
        Float.MIN_VALUE / 2.0,
        Float.MIN_NORMAL,
        3.5e38,
        1e300,
        1e-300,
        1e-40
    };

    private static final int[] FLOAT_NANS = {0x7fc00000, 0x7f800001, 0x7fffffff, 0x7fa12345, 0x7fd54321};
    private static final long[] DOUBLE_NANS = {
        0x7ff8000000000000L, 0x7ff0000000000001L, 0x7fffffffffffffffL, 0x7ff4123456789abcL, 0x7ffa987654321000L
    };

    /** How 16 bytes are made up. */
    enum Kind {
        INTEGERS,
        BYTES,
        FLOATS,
        DOUBLES,
        TEXT
    }

    private final SplittableRandom random;

    OperandValues(SplittableRandom random) {
        this.random = random;
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    long integer() {
        return switch (random.nextInt(4)) {
            case 0 -> INTEGERS[random.nextInt(INTEGERS.length)];
            case 1 -> random.nextInt(-130, 131);
            case 2 -> random.nextLong() >> random.nextInt(64);
            default -> random.nextLong();
        };
    }

    Kind kind() {
        return Kind.values()[random.nextInt(Kind.values().length)];
    }

    /** Eight bytes of this kind. */
    long half(Kind kind) {
        return switch (kind) {
            case INTEGERS -> integer();
            case BYTES -> random.nextLong();
            case FLOATS -> single() | single() << 32;
            case DOUBLES -> doublePrecision();
            case TEXT -> text();
        };
    }

    /** Few letters, with zero among them, so that strings have beginnings, ends and repetitions. */
    private long text() {
        long value = 0;
        for (int n = 0; n < 8; n++) {
            value = value << 8 | (oneIn(12) ? 0 : 0x61 + random.nextInt(3));
        }
        return value;
    }

    private long single() {
        int bits = switch (random.nextInt(8)) {
            case 0 -> FLOAT_NANS[random.nextInt(FLOAT_NANS.length)];
            case 1 -> random.nextInt();
            case 2 -> random.nextInt() & 0x807fffff; // denormal
            case 3 -> random.nextInt() & 0x81ffffff | 0x3e000000; // near 1
            case 4 -> Float.floatToRawIntBits(random.nextInt(-1000, 1000) / 4f);
            default -> Float.floatToRawIntBits(FLOATS[random.nextInt(FLOATS.length)]);
        };
        return (bits ^ (oneIn(3) ? 0x80000000 : 0)) & 0xffff_ffffL;
    }

    private long doublePrecision() {
        long bits = switch (random.nextInt(8)) {
            case 0 -> DOUBLE_NANS[random.nextInt(DOUBLE_NANS.length)];
            case 1 -> random.nextLong();
            case 2 -> random.nextLong() & 0x800fffffffffffffL; // denormal
            case 3 -> random.nextLong() & 0x803fffffffffffffL | 0x3fc0000000000000L; // near 1
            case 4 -> Double.doubleToRawLongBits(random.nextInt(-1000, 1000) / 4.0);
            default -> Double.doubleToRawLongBits(DOUBLES[random.nextInt(DOUBLES.length)]);
        };
        return bits ^ (oneIn(3) ? Long.MIN_VALUE : 0);
    }

    /** Sign and exponent of an 80-bit number: near 1, the largest and smallest, or any. */
    int exponent() {
        int exponent = switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 0x7fff;
            case 2 -> random.nextInt(0x8000);
            case 3 -> random.nextInt(2) == 0 ? random.nextInt(1, 70) : 0x7ffe - random.nextInt(70);
            default -> 0x3fff + random.nextInt(-70, 71);
        };
        return exponent | random.nextInt(2) << 15;
    }

    /** MXCSR: usually everything masked, with any rounding, DAZ and FTZ. */
    int mxcsr() {
        int value = 0x1f80;
        if (oneIn(2)) {
            value |= random.nextInt(4) << 13;
        }
        if (oneIn(4)) {
            value |= random.nextInt() & 0x8040;
        }
        if (oneIn(4)) {
            value |= random.nextInt() & 0x3f;
        }
        if (oneIn(4)) {
            value &= ~(random.nextInt() & 0x1f80);
        }
        return value;
    }

    /**
     * Where a memory operand goes: mostly aligned in the window, sometimes not, or across the end of the page, or
     * nowhere.
     */
    long address() {
        int offset = random.nextInt(WINDOW_BYTES - 32);
        return switch (random.nextInt(16)) {
            case 0 -> SCRATCH + PAGE - random.nextInt(17);
            case 1 -> oneIn(3) ? 0x50000 + offset : SCRATCH - random.nextInt(17);
            case 2, 3 -> WINDOW + offset;
            default -> WINDOW + (offset & -16);
        };
    }

    /** Somewhere in the window with room behind it. */
    long inside() {
        return WINDOW + random.nextInt(WINDOW_BYTES - 32);
    }
}
