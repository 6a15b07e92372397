package dev.ringscope.emulator.x86.fpu;

/** An IEEE 754 binary interchange format with a hidden integer bit: SINGLE (float32) or DOUBLE (float64). */
enum BinaryFormat {
    SINGLE(24, 127),
    DOUBLE(53, 1023);

    /** Significand bits, the hidden one included. */
    final int precision;

    final int bias;
    final long signBit;

    /** The exponent field, in place and all ones: also the encoding of +infinity. */
    final long infinity;

    final long fraction;
    final long quietBit;

    BinaryFormat(int precision, int bias) {
        this.precision = precision;
        this.bias = bias;
        fraction = (1L << precision - 1) - 1;
        quietBit = 1L << precision - 2;
        infinity = (2L * bias + 1) << precision - 1;
        signBit = infinity + (1L << precision - 1);
    }

    boolean isNaN(long bits) {
        return (bits & infinity) == infinity && (bits & fraction) != 0;
    }

    boolean isSignallingNaN(long bits) {
        return isNaN(bits) && (bits & quietBit) == 0;
    }

    boolean isInfinity(long bits) {
        return (bits & (infinity | fraction)) == infinity;
    }

    boolean isZero(long bits) {
        return (bits & (infinity | fraction)) == 0;
    }

    boolean isDenormal(long bits) {
        return (bits & infinity) == 0 && (bits & fraction) != 0;
    }

    boolean isNegative(long bits) {
        return (bits & signBit) != 0;
    }

    /** The QNaN floating-point indefinite: negative, quiet, no payload. */
    long indefinite() {
        return signBit | infinity | quietBit;
    }

    long largestFinite() {
        return infinity - 1;
    }

    /** The power of two of a nonzero finite number. */
    int exponentOf(long bits) {
        int field = (int) ((bits & infinity) >>> precision - 1);
        return field != 0 ? field - bias : 64 - precision - Long.numberOfLeadingZeros(bits & fraction) + 1 - bias;
    }

    /** The significand of a nonzero finite number with its leading bit in bit 63. */
    long significandOf(long bits) {
        long significand = bits & fraction;
        return (bits & infinity) != 0
                ? (significand | 1L << precision - 1) << 64 - precision
                : significand << Long.numberOfLeadingZeros(significand);
    }

    /** Rounds a nonzero number to this format with the masked responses; the flags are left in {@code wide}. */
    long round(Wide wide, int rounding) {
        wide.roundToFormat(precision, 1 - bias, bias, rounding);
        long sign = wide.negative ? signBit : 0;
        if (wide.overflow) {
            return sign | (wide.roundedUp ? infinity : largestFinite());
        }
        long field = wide.high < 0 ? wide.exponent + bias : 0;
        return sign | field << precision - 1 | wide.high >>> 64 - precision & fraction;
    }
}
