package dev.ringscope.emulator.x86.fpu;

/**
 * Loads and stores that change format: FLD m32/m64, FILD, FST m32/m64, FIST, FISTTP, and the constants. Intel SDM
 * volume 1, sections 4.9 and 8.3.3; volume 2 under each name. FLD and FSTP of 80 bits, FCHS, FABS and FXCH copy bits
 * and raise nothing.
 */
public final class X87Convert {
    private X87Convert() {}

    public static void fromFloat32(X87Context fpu, int bits) {
        fromBinary(fpu, BinaryFormat.SINGLE, bits & 0xffffffffL);
    }

    public static void fromFloat64(X87Context fpu, long bits) {
        fromBinary(fpu, BinaryFormat.DOUBLE, bits);
    }

    /**
     * Leaves the float32 operand of FADD m32 and its like in {@link X87Context#operandSe} for the operation that
     * follows.
     */
    public static void operandFromFloat32(X87Context fpu, int bits) {
        operand(fpu, BinaryFormat.SINGLE, bits & 0xffffffffL);
    }

    /** As {@link #operandFromFloat32} for the float64 operand of FADD m64 and its like. */
    public static void operandFromFloat64(X87Context fpu, long bits) {
        operand(fpu, BinaryFormat.DOUBLE, bits);
    }

    /** As {@link #operandFromFloat32} for the integer operand of FIADD and its like. */
    public static void operandFromInteger(X87Context fpu, long value) {
        fromInteger(fpu, value);
        fpu.operand(fpu.se, fpu.significand, false);
    }

    private static void operand(X87Context fpu, BinaryFormat format, long bits) {
        fromBinary(fpu, format, bits);
        boolean signalling = format.isSignallingNaN(bits);
        fpu.operand(
                fpu.se, signalling ? fpu.significand & ~Float80.QUIET_BIT : fpu.significand, format.isDenormal(bits));
    }

    /** FLD m80 and FLD ST(i): the bits as they are, whatever they are. */
    public static void fromFloat80(X87Context fpu, int se, long significand) {
        fpu.begin();
        fpu.deliver(se, significand);
    }

    private static void fromBinary(X87Context fpu, BinaryFormat format, long bits) {
        fpu.begin();
        boolean negative = format.isNegative(bits);
        int sign = negative ? Float80.SIGN : 0;
        if (format.isNaN(bits)) {
            if (format.isSignallingNaN(bits)) {
                fpu.raise(X87Context.IE);
            }
            long payload = (bits & format.fraction) << 64 - format.precision;
            fpu.deliver(sign | Float80.EXPONENT, Float80.INTEGER_BIT | Float80.QUIET_BIT | payload);
        } else if (format.isInfinity(bits)) {
            fpu.deliverInfinity(negative);
        } else if (format.isZero(bits)) {
            fpu.deliverZero(negative);
        } else {
            // The processors push the value even when DE is unmasked.
            fpu.raised |= format.isDenormal(bits) ? X87Context.DE : 0;
            fpu.deliver(sign | format.exponentOf(bits) + Float80.BIAS, format.significandOf(bits));
        }
    }

    /** FILD: exact for every 64-bit integer. */
    public static void fromInteger(X87Context fpu, long value) {
        fpu.begin();
        deliverInteger(fpu, value < 0, Math.abs(value));
    }

    /** Delivers ±magnitude (unsigned). */
    static void deliverInteger(X87Context fpu, boolean negative, long magnitude) {
        if (magnitude == 0) {
            fpu.deliverZero(negative);
        } else {
            int shift = Long.numberOfLeadingZeros(magnitude);
            fpu.deliver((negative ? Float80.SIGN : 0) | Float80.BIAS + 63 - shift, magnitude << shift);
        }
    }

    /** FST m32: the float32 to store, if {@link X87Context#delivered}. */
    public static int toFloat32(X87Context fpu, int se, long significand) {
        return (int) toBinary(fpu, BinaryFormat.SINGLE, se, significand);
    }

    /** FST m64: the float64 to store, if {@link X87Context#delivered}. */
    public static long toFloat64(X87Context fpu, int se, long significand) {
        return toBinary(fpu, BinaryFormat.DOUBLE, se, significand);
    }

    private static long toBinary(X87Context fpu, BinaryFormat format, int se, long significand) {
        fpu.begin();
        boolean negative = Float80.isNegative(se);
        long sign = negative ? format.signBit : 0;
        if (fpu.special(se, significand)) {
            return (Float80.isNegative(fpu.se) ? format.signBit : 0)
                    | format.infinity
                    | fpu.significand >>> 64 - format.precision & format.fraction;
        }
        if (Float80.isInfinity(se, significand)) {
            return sign | format.infinity;
        }
        if (significand == 0) {
            return sign;
        }
        Wide wide = fpu.wide;
        wide.set(negative, Float80.exponentOf(se, significand), Float80.normalized(significand), 0);
        long bits = format.round(wide, fpu.rounding());
        if (wide.overflow || wide.tiny && (wide.inexact || !fpu.masked(X87Context.UE))) {
            fpu.raise(wide.overflow ? X87Context.OE : X87Context.UE);
        }
        if (wide.inexact && fpu.delivered) {
            fpu.raised |= X87Context.PE;
            fpu.condition |= wide.roundedUp ? X87Context.C1 : 0;
        }
        return bits;
    }

    /** FIST: the integer of {@code width} bits (16, 32 or 64), sign-extended, rounded under rounding control. */
    public static long toInteger(X87Context fpu, int se, long significand, int width) {
        return toInteger(fpu, se, significand, width, fpu.rounding());
    }

    /** FISTTP: as FIST, rounded towards zero. */
    public static long toTruncatedInteger(X87Context fpu, int se, long significand, int width) {
        return toInteger(fpu, se, significand, width, RoundingControl.TRUNCATE);
    }

    private static long toInteger(X87Context fpu, int se, long significand, int width, int rounding) {
        fpu.begin();
        long indefinite = -1L << width - 1;
        boolean negative = Float80.isNegative(se);
        int exponent = Float80.exponentOf(se, significand);
        if (significand == 0 && (se & Float80.EXPONENT) == 0) {
            return 0;
        }
        if (Float80.isUnsupported(se, significand) || exponent >= width) {
            fpu.raise(X87Context.IE);
            return indefinite;
        }
        Wide wide = roundedInteger(fpu, negative, exponent, significand, rounding);
        long value = negative ? -wide.high : wide.high;
        boolean fits = negative
                ? Long.compareUnsigned(wide.high, -indefinite) <= 0
                : Long.compareUnsigned(wide.high, -indefinite) < 0;
        if (!fits) {
            fpu.raise(X87Context.IE);
            return indefinite;
        }
        signalInexact(fpu);
        return value;
    }

    /** Leaves the magnitude rounded to an integer in the context's {@code wide.high}; the exponent is below 64. */
    static Wide roundedInteger(X87Context fpu, boolean negative, int exponent, long significand, int rounding) {
        Wide wide = fpu.wide.set(negative, exponent, Float80.normalized(significand), 0);
        wide.shiftRight(63 - exponent);
        wide.round(64, rounding);
        return wide;
    }

    static void signalInexact(X87Context fpu) {
        fpu.raised |= fpu.wide.inexact ? X87Context.PE : 0;
        fpu.condition |= fpu.wide.roundedUp ? X87Context.C1 : 0;
    }

    /** FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ: rounded under rounding control, no PE, no C1. */
    public static void constant(X87Context fpu, X87Constant constant) {
        fpu.begin();
        boolean up = RoundingControl.increments(
                fpu.rounding(),
                false,
                (constant.significand & 1) != 0,
                constant.fraction < 0,
                constant.fraction << 1 != 0);
        fpu.deliver(constant.se, constant.significand + (up ? 1 : 0));
    }
}
