package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.Float80.exponentOf;
import static dev.ringscope.emulator.x86.fpu.Float80.isInfinity;
import static dev.ringscope.emulator.x86.fpu.Float80.isNegative;
import static dev.ringscope.emulator.x86.fpu.Float80.isZero;
import static dev.ringscope.emulator.x86.fpu.Float80.normalized;

/**
 * FADD, FSUB, FMUL, FDIV, FSQRT, FRNDINT, FSCALE and FXTRACT on register values: Intel SDM volume 2 under each name,
 * exceptions in the order of volume 1, section 8.6 (invalid, then divide by zero, then denormal operand, then the
 * rounding of the result). Operand {@code a} stands left of the operator. Only the first five obey precision control.
 */
public final class X87Arithmetic {
    private static final int LARGEST_SCALE = 0x10000;

    private X87Arithmetic() {}

    public static void add(X87Context fpu, int seA, long a, int seB, long b) {
        fpu.begin();
        if (!fpu.special(seA, a, seB, b)) {
            sum(fpu, seA, a, seB, b);
        }
    }

    public static void subtract(X87Context fpu, int seA, long a, int seB, long b) {
        fpu.begin();
        if (!fpu.special(seA, a, seB, b)) {
            sum(fpu, seA, a, seB ^ Float80.SIGN, b);
        }
    }

    private static void sum(X87Context fpu, int seA, long a, int seB, long b) {
        boolean infiniteA = isInfinity(seA, a);
        boolean infiniteB = isInfinity(seB, b);
        if (infiniteA && infiniteB && isNegative(seA) != isNegative(seB)) {
            fpu.invalid();
            return;
        }
        if (!fpu.checkDenormal(seA, a, seB, b)) {
            return;
        }
        if (infiniteA || infiniteB) {
            fpu.deliverInfinity(isNegative(infiniteA ? seA : seB));
        } else if (a == 0 && b == 0) {
            boolean sameSign = isNegative(seA) == isNegative(seB);
            fpu.deliverZero(sameSign ? isNegative(seA) : fpu.rounding() == RoundingControl.DOWN);
        } else if (a == 0 || b == 0) {
            int se = a == 0 ? seB : seA;
            long significand = a | b;
            fpu.wide.set(isNegative(se), exponentOf(se, significand), normalized(significand), 0);
            fpu.roundUnderPrecisionControl();
        } else {
            fpu.wide.sum(
                    isNegative(seA),
                    exponentOf(seA, a),
                    normalized(a),
                    isNegative(seB),
                    exponentOf(seB, b),
                    normalized(b));
            if (fpu.wide.isZero()) {
                fpu.deliverZero(fpu.rounding() == RoundingControl.DOWN);
            } else {
                fpu.roundUnderPrecisionControl();
            }
        }
    }

    public static void multiply(X87Context fpu, int seA, long a, int seB, long b) {
        fpu.begin();
        if (fpu.special(seA, a, seB, b)) {
            return;
        }
        boolean infinite = isInfinity(seA, a) || isInfinity(seB, b);
        boolean zero = isZero(seA, a) || isZero(seB, b);
        boolean negative = isNegative(seA ^ seB);
        if (infinite && zero) {
            fpu.invalid();
        } else if (!fpu.checkDenormal(seA, a, seB, b)) {
            return;
        } else if (infinite) {
            fpu.deliverInfinity(negative);
        } else if (zero) {
            fpu.deliverZero(negative);
        } else {
            fpu.wide.product(negative, exponentOf(seA, a), normalized(a), exponentOf(seB, b), normalized(b));
            fpu.roundUnderPrecisionControl();
        }
    }

    public static void divide(X87Context fpu, int seA, long a, int seB, long b) {
        fpu.begin();
        if (fpu.special(seA, a, seB, b)) {
            return;
        }
        boolean infiniteA = isInfinity(seA, a);
        boolean infiniteB = isInfinity(seB, b);
        boolean zeroA = isZero(seA, a);
        boolean zeroB = isZero(seB, b);
        boolean negative = isNegative(seA ^ seB);
        if (infiniteA && infiniteB || zeroA && zeroB) {
            fpu.invalid();
        } else if (zeroB && !infiniteA) {
            fpu.divideByZero(negative);
        } else if (!fpu.checkDenormal(seA, a, seB, b)) {
            return;
        } else if (infiniteA) {
            fpu.deliverInfinity(negative);
        } else if (infiniteB || zeroA) {
            fpu.deliverZero(negative);
        } else {
            fpu.wide.quotient(negative, exponentOf(seA, a), normalized(a), exponentOf(seB, b), normalized(b));
            fpu.roundUnderPrecisionControl();
        }
    }

    public static void squareRoot(X87Context fpu, int se, long a) {
        fpu.begin();
        if (fpu.special(se, a)) {
            return;
        }
        if (isZero(se, a)) {
            fpu.deliver(se, a);
        } else if (isNegative(se)) {
            fpu.invalid();
        } else if (!fpu.checkDenormal(se, a)) {
            return;
        } else if (isInfinity(se, a)) {
            fpu.deliver(se, a);
        } else {
            fpu.wide.root(exponentOf(se, a), normalized(a));
            fpu.roundUnderPrecisionControl();
        }
    }

    public static void roundToInteger(X87Context fpu, int se, long a) {
        fpu.begin();
        if (fpu.special(se, a) || !fpu.checkDenormal(se, a)) {
            return;
        }
        int exponent = exponentOf(se, a);
        if (a == 0 || exponent >= 63) {
            fpu.deliver(se, a);
            return;
        }
        long magnitude = X87Convert.roundedInteger(fpu, isNegative(se), exponent, a, fpu.rounding()).high;
        X87Convert.signalInexact(fpu);
        X87Convert.deliverInteger(fpu, isNegative(se), magnitude);
    }

    /** FSCALE: a × 2^trunc(b). */
    public static void scale(X87Context fpu, int seA, long a, int seB, long b) {
        fpu.begin();
        if (fpu.special(seA, a, seB, b)) {
            return;
        }
        if (isInfinity(seB, b) && (isNegative(seB) ? isInfinity(seA, a) : isZero(seA, a))) {
            fpu.invalid();
        } else if (!fpu.checkDenormal(seA, a, seB, b)) {
            return;
        } else if (a == 0 || isInfinity(seA, a)) {
            fpu.deliver(seA, a);
        } else if (isInfinity(seB, b)) {
            if (isNegative(seB)) {
                fpu.deliverZero(isNegative(seA));
            } else {
                fpu.deliverInfinity(isNegative(seA));
            }
        } else {
            fpu.wide.set(isNegative(seA), exponentOf(seA, a) + truncatedScale(seB, b), normalized(a), 0);
            fpu.roundScaled();
        }
    }

    private static int truncatedScale(int se, long significand) {
        int exponent = (se & Float80.EXPONENT) - Float80.BIAS;
        int magnitude = exponent < 0 ? 0 : exponent > 15 ? LARGEST_SCALE : (int) (significand >>> 63 - exponent);
        return isNegative(se) ? -magnitude : magnitude;
    }

    /** FXTRACT: the exponent is the result, the significand is pushed. */
    public static void extract(X87Context fpu, int se, long a) {
        fpu.begin();
        if (fpu.special(se, a)) {
            fpu.push(fpu.se, fpu.significand);
        } else if (isZero(se, a)) {
            fpu.divideByZero(true);
            fpu.push(se, a);
        } else if (!fpu.checkDenormal(se, a)) {
            return;
        } else if (isInfinity(se, a)) {
            fpu.deliverInfinity(false);
            fpu.push(se, a);
        } else {
            int exponent = exponentOf(se, a);
            X87Convert.deliverInteger(fpu, exponent < 0, Math.abs(exponent));
            fpu.push(se & Float80.SIGN | Float80.BIAS, normalized(a));
        }
    }
}
