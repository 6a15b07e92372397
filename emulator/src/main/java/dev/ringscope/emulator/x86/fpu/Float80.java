package dev.ringscope.emulator.x86.fpu;

/**
 * Encodings of the double extended-precision format: Intel SDM volume 1, section 4.2.2 and table 8-3.
 *
 * <p>A value is two words: {@code se}, the sign in bit 15 and the biased exponent in bits 14:0, and
 * {@code significand}, 64 bits with the integer bit, bit 63, explicit. In memory the significand comes first,
 * little-endian.
 */
public final class Float80 {
    public static final int BIAS = 0x3fff;
    public static final int SIGN = 0x8000;
    public static final int EXPONENT = 0x7fff;
    public static final long INTEGER_BIT = 1L << 63;
    public static final long QUIET_BIT = 1L << 62;

    /** The QNaN floating-point indefinite, delivered by masked invalid operations. */
    public static final int INDEFINITE_SE = 0xffff;

    public static final long INDEFINITE_SIGNIFICAND = 3L << 62;

    private Float80() {}

    public static boolean isZero(int se, long significand) {
        return (se & EXPONENT) == 0 && significand == 0;
    }

    public static boolean isInfinity(int se, long significand) {
        return (se & EXPONENT) == EXPONENT && significand == INTEGER_BIT;
    }

    /** A denormal or pseudo-denormal: exponent field 0, significand not 0. */
    public static boolean isDenormal(int se, long significand) {
        return (se & EXPONENT) == 0 && significand != 0;
    }

    public static boolean isNormal(int se, long significand) {
        return significand < 0 && (se & EXPONENT) != 0 && (se & EXPONENT) != EXPONENT;
    }

    /** A quiet or signalling NaN, not a pseudo-NaN. */
    public static boolean isNaN(int se, long significand) {
        return (se & EXPONENT) == EXPONENT && significand < 0 && significand != INTEGER_BIT;
    }

    public static boolean isSignallingNaN(int se, long significand) {
        return isNaN(se, significand) && (significand & QUIET_BIT) == 0;
    }

    /** An unnormal, pseudo-NaN or pseudo-infinity, which the 387 and later refuse as an operand. */
    public static boolean isUnsupported(int se, long significand) {
        return significand >= 0 && (se & EXPONENT) != 0;
    }

    public static boolean isNegative(int se) {
        return (se & SIGN) != 0;
    }

    /** The power of two of a nonzero finite number whose significand has been shifted up to the integer bit. */
    static int exponentOf(int se, long significand) {
        return Math.max(se & EXPONENT, 1) - BIAS - Long.numberOfLeadingZeros(significand);
    }

    static long normalized(long significand) {
        return significand << Long.numberOfLeadingZeros(significand);
    }
}
