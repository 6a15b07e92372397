package dev.ringscope.emulator.x86.fpu;

/**
 * The scalar operations of SSE and SSE2 in full generality, for either format: the path behind the fast ones of
 * {@link SseFloat}. Intel SDM volume 1, sections 4.8.3.5 (NaN operands), 11.5.2 (exceptions, whose order is invalid,
 * divide by zero, denormal, rounding).
 */
final class SseExact {
    private SseExact() {}

    /** Zero of the same sign for a denormal under DAZ. */
    static long input(Mxcsr m, BinaryFormat format, long bits) {
        return m.denormalsAreZeros() && format.isDenormal(bits) ? bits & format.signBit : bits;
    }

    /** The first operand that is a NaN, made quiet; raises IE if either is signalling. */
    static long nan(Mxcsr m, BinaryFormat format, long a, long b) {
        if (format.isSignallingNaN(a) || format.isSignallingNaN(b)) {
            m.raise(Mxcsr.IE);
        }
        return (format.isNaN(a) ? a : b) | format.quietBit;
    }

    static long invalid(Mxcsr m, BinaryFormat format) {
        m.raise(Mxcsr.IE);
        return format.indefinite();
    }

    /** Raises DE if either operand is denormal; false when that stops the operation. */
    static boolean checkDenormal(Mxcsr m, BinaryFormat format, long a, long b) {
        return !(format.isDenormal(a) || format.isDenormal(b)) || m.raise(Mxcsr.DE);
    }

    static long add(Mxcsr m, BinaryFormat format, long operandA, long operandB) {
        long a = input(m, format, operandA);
        long b = input(m, format, operandB);
        if (format.isNaN(a) || format.isNaN(b)) {
            return nan(m, format, a, b);
        }
        boolean opposite = format.isNegative(a) != format.isNegative(b);
        if (format.isInfinity(a) && format.isInfinity(b) && opposite) {
            return invalid(m, format);
        }
        if (!checkDenormal(m, format, a, b)) {
            return 0;
        }
        if (format.isInfinity(a) || format.isInfinity(b)) {
            return format.isInfinity(a) ? a : b;
        }
        if (format.isZero(a) && format.isZero(b)) {
            return opposite ? zeroOfDifference(m, format) : a;
        }
        Wide wide = m.wide;
        if (format.isZero(a) || format.isZero(b)) {
            load(wide, format, format.isZero(a) ? b : a);
        } else {
            wide.sum(
                    format.isNegative(a),
                    format.exponentOf(a),
                    format.significandOf(a),
                    format.isNegative(b),
                    format.exponentOf(b),
                    format.significandOf(b));
        }
        return wide.isZero() ? zeroOfDifference(m, format) : m.round(format);
    }

    static long subtract(Mxcsr m, BinaryFormat format, long a, long operandB) {
        boolean nan = format.isNaN(operandB);
        return add(m, format, a, nan ? operandB : operandB ^ format.signBit);
    }

    private static long zeroOfDifference(Mxcsr m, BinaryFormat format) {
        return m.rounding() == RoundingControl.DOWN ? format.signBit : 0;
    }

    private static void load(Wide wide, BinaryFormat format, long bits) {
        wide.set(format.isNegative(bits), format.exponentOf(bits), format.significandOf(bits), 0);
    }

    static long multiply(Mxcsr m, BinaryFormat format, long operandA, long operandB) {
        long a = input(m, format, operandA);
        long b = input(m, format, operandB);
        if (format.isNaN(a) || format.isNaN(b)) {
            return nan(m, format, a, b);
        }
        boolean infinite = format.isInfinity(a) || format.isInfinity(b);
        boolean zero = format.isZero(a) || format.isZero(b);
        long sign = (a ^ b) & format.signBit;
        if (infinite && zero) {
            return invalid(m, format);
        }
        if (!checkDenormal(m, format, a, b)) {
            return 0;
        }
        if (infinite || zero) {
            return infinite ? sign | format.infinity : sign;
        }
        m.wide.product(
                sign != 0,
                format.exponentOf(a),
                format.significandOf(a),
                format.exponentOf(b),
                format.significandOf(b));
        return m.round(format);
    }

    static long divide(Mxcsr m, BinaryFormat format, long operandA, long operandB) {
        long a = input(m, format, operandA);
        long b = input(m, format, operandB);
        if (format.isNaN(a) || format.isNaN(b)) {
            return nan(m, format, a, b);
        }
        boolean infiniteA = format.isInfinity(a);
        boolean infiniteB = format.isInfinity(b);
        boolean zeroA = format.isZero(a);
        boolean zeroB = format.isZero(b);
        long sign = (a ^ b) & format.signBit;
        if (infiniteA && infiniteB || zeroA && zeroB) {
            return invalid(m, format);
        }
        if (zeroB && !infiniteA) {
            m.raise(Mxcsr.ZE);
            return sign | format.infinity;
        }
        if (!checkDenormal(m, format, a, b)) {
            return 0;
        }
        if (infiniteA) {
            return sign | format.infinity;
        }
        if (infiniteB || zeroA) {
            return sign;
        }
        m.wide.quotient(
                sign != 0,
                format.exponentOf(a),
                format.significandOf(a),
                format.exponentOf(b),
                format.significandOf(b));
        return m.round(format);
    }

    static long squareRoot(Mxcsr m, BinaryFormat format, long operand) {
        long a = input(m, format, operand);
        if (format.isNaN(a)) {
            return nan(m, format, a, a);
        }
        if (format.isZero(a)) {
            return a;
        }
        if (format.isNegative(a)) {
            return invalid(m, format);
        }
        if (!checkDenormal(m, format, a, a)) {
            return 0;
        }
        if (format.isInfinity(a)) {
            return a;
        }
        m.wide.root(format.exponentOf(a), format.significandOf(a));
        return m.round(format);
    }

    /** MIN and MAX: the second operand if either is a NaN or both are zero. */
    static long select(Mxcsr m, BinaryFormat format, long operandA, long operandB, boolean maximum) {
        long a = input(m, format, operandA);
        long b = input(m, format, operandB);
        if (format.isNaN(a) || format.isNaN(b)) {
            m.raise(Mxcsr.IE);
            return b;
        }
        checkDenormal(m, format, a, b);
        long order = order(format, a, b);
        return (maximum ? order > 0 : order < 0) ? a : b;
    }

    /** The sign of a - b for operands that are not NaNs. */
    static int order(BinaryFormat format, long a, long b) {
        return Long.compare(ordinal(format, a), ordinal(format, b));
    }

    private static long ordinal(BinaryFormat format, long bits) {
        long magnitude = bits & (format.infinity | format.fraction);
        return format.isNegative(bits) ? -magnitude : magnitude;
    }

    /** Converts between the formats; a NaN keeps the leading bits of its payload. */
    static long convert(Mxcsr m, BinaryFormat from, BinaryFormat to, long operand) {
        long a = input(m, from, operand);
        long sign = from.isNegative(a) ? to.signBit : 0;
        if (from.isNaN(a)) {
            int shift = to.precision - from.precision;
            long payload = nan(m, from, a, a) & from.fraction;
            return sign | to.infinity | (shift > 0 ? payload << shift : payload >>> -shift);
        }
        if (from.isInfinity(a) || from.isZero(a)) {
            return from.isZero(a) ? sign : sign | to.infinity;
        }
        if (!checkDenormal(m, from, a, a)) {
            return 0;
        }
        load(m.wide, from, a);
        return m.round(to);
    }

    /** Rounds to an integer of {@code width} bits, or raises IE and gives the integer indefinite. */
    static long toInteger(Mxcsr m, BinaryFormat format, long operand, int width, int rounding) {
        long a = input(m, format, operand);
        if (format.isZero(a)) {
            return 0;
        }
        long indefinite = -1L << width - 1;
        int exponent = format.exponentOf(a);
        if (exponent >= width) {
            m.raise(Mxcsr.IE);
            return indefinite;
        }
        roundToInteger(m.wide, format, a, rounding);
        long magnitude = m.wide.high;
        boolean negative = format.isNegative(a);
        int order = Long.compareUnsigned(magnitude, -indefinite);
        if (order > 0 || order == 0 && !negative) {
            m.raise(Mxcsr.IE);
            return indefinite;
        }
        m.raise(m.wide.inexact ? Mxcsr.PE : 0);
        return negative ? -magnitude : magnitude;
    }

    private static void roundToInteger(Wide wide, BinaryFormat format, long a, int rounding) {
        load(wide, format, a);
        wide.shiftRight(63 - wide.exponent);
        wide.round(64, rounding);
    }

    static long fromInteger(Mxcsr m, BinaryFormat format, long value) {
        if (value == 0) {
            return 0;
        }
        long magnitude = Math.abs(value);
        int shift = Long.numberOfLeadingZeros(magnitude);
        m.wide.set(value < 0, 63 - shift, magnitude << shift, 0);
        return m.round(format);
    }

    /** ROUNDSS and ROUNDSD: an integral value in the same format. DE is never raised. */
    static long roundToIntegral(Mxcsr m, BinaryFormat format, long operand, int rounding, boolean suppressInexact) {
        long a = input(m, format, operand);
        if (format.isNaN(a)) {
            return nan(m, format, a, a);
        }
        if (format.isZero(a) || format.exponentOf(a) >= format.precision - 1) {
            return a;
        }
        roundToInteger(m.wide, format, a, rounding);
        if (m.wide.inexact && !suppressInexact) {
            m.raise(Mxcsr.PE);
        }
        long sign = a & format.signBit;
        long magnitude = m.wide.high;
        if (magnitude == 0) {
            return sign;
        }
        int shift = Long.numberOfLeadingZeros(magnitude);
        long field = 63 - shift + format.bias;
        return sign | field << format.precision - 1 | magnitude << shift >>> 64 - format.precision & format.fraction;
    }
}
