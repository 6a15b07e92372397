package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.Float80.isInfinity;
import static dev.ringscope.emulator.x86.fpu.Float80.isNegative;
import static dev.ringscope.emulator.x86.fpu.Float80.isZero;

/**
 * F2XM1, FYL2X and FYL2XP1: Intel SDM volume 2 under each name, with its tables of results for zeros and infinities.
 * Values are correctly rounded but for cases closer than about 2^-50 units to a tie; processors promise less than one
 * unit. Precision control has no effect.
 */
public final class X87Exponential {
    private X87Exponential() {}

    static void load(Wide wide, int se, long significand) {
        wide.set(isNegative(se), Float80.exponentOf(se, significand), Float80.normalized(significand), 0);
    }

    /** Delivers a result that is certainly not representable: what the truncated arithmetic lost is the sticky bit. */
    static void deliverInexact(X87Context fpu, Wide result) {
        fpu.wide.set(result);
        fpu.wide.low |= 1;
        fpu.round(64);
    }

    /**
     * F2XM1: 2^a - 1 for |a| <= 1. Beyond that the result is undefined: here it is a, inexact, as on AMD's processors.
     */
    public static void twoToTheXLessOne(X87Context fpu, int se, long a) {
        fpu.begin();
        if (fpu.special(se, a) || !fpu.checkDenormal(se, a)) {
            return;
        }
        if (a == 0) {
            fpu.deliver(se, a);
        } else if (isInfinity(se, a)) {
            fpu.deliver(isNegative(se) ? Float80.SIGN | Float80.BIAS : se, a);
        } else if ((se & Float80.EXPONENT) >= Float80.BIAS) {
            fpu.raised |= X87Context.PE;
            boolean minusOne = isNegative(se) && a == Float80.INTEGER_BIT && (se & Float80.EXPONENT) == Float80.BIAS;
            fpu.deliver(minusOne ? Float80.SIGN | Float80.BIAS - 1 : se, a);
        } else {
            WideMath math = fpu.math();
            load(math.x, se, a);
            math.exponentialLessOne(math.x, math.x);
            deliverInexact(fpu, math.x);
        }
    }

    /** FYL2X: y × log2(x). */
    public static void yLog2X(X87Context fpu, int seX, long x, int seY, long y) {
        fpu.begin();
        if (fpu.special(seX, x, seY, y)) {
            return;
        }
        boolean one = seX == Float80.BIAS && x == Float80.INTEGER_BIT;
        boolean infiniteY = isInfinity(seY, y);
        if (isNegative(seX) && x != 0 || one && infiniteY || isZero(seY, y) && (x == 0 || isInfinity(seX, x))) {
            fpu.invalid();
        } else if (x == 0 && !infiniteY) {
            fpu.divideByZero(!isNegative(seY));
        } else if (!fpu.checkDenormal(seX, x, seY, y)) {
            return;
        } else {
            boolean belowOne = (seX & Float80.EXPONENT) < Float80.BIAS;
            boolean negative = isNegative(seY) != belowOne;
            if (infiniteY || isInfinity(seX, x)) {
                fpu.deliverInfinity(negative);
            } else if (y == 0 || one) {
                fpu.deliverZero(negative);
            } else {
                logarithmTimes(fpu, seX, x, seY, y);
            }
        }
    }

    private static void logarithmTimes(X87Context fpu, int seX, long x, int seY, long y) {
        WideMath math = fpu.math();
        load(math.x, seX, x);
        boolean powerOfTwo = math.x.high == Float80.INTEGER_BIT;
        math.logarithm(math.x, math.x);
        multiplyLogarithm(fpu, powerOfTwo, seY, y);
    }

    /** Delivers math.x × y; the logarithm of a power of two is exact. */
    private static void multiplyLogarithm(X87Context fpu, boolean powerOfTwo, int seY, long y) {
        WideMath math = fpu.math();
        load(math.y, seY, y);
        WideMath.multiply(math.x, math.x, math.y);
        if (powerOfTwo) {
            // The product is often exact too, but the processors report it as inexact all the same.
            fpu.wide.set(math.x);
            fpu.round(64);
            fpu.raised |= X87Context.PE | (Float80.isDenormal(fpu.se, fpu.significand) ? X87Context.UE : 0);
        } else {
            deliverInexact(fpu, math.x);
        }
    }

    /**
     * FYL2XP1: y × log2(x + 1), accurate for small x. For x <= -1 it is undefined: here x, inexact, as on AMD's
     * processors.
     */
    public static void yLog2XPlus1(X87Context fpu, int seX, long x, int seY, long y) {
        fpu.begin();
        if (fpu.special(seX, x, seY, y)) {
            return;
        }
        boolean infiniteX = isInfinity(seX, x);
        boolean infiniteY = isInfinity(seY, y);
        if (infiniteY && isZero(seX, x) || infiniteX && (isZero(seY, y) || isNegative(seX))) {
            fpu.invalid();
        } else if (!fpu.checkDenormal(seX, x, seY, y)) {
            return;
        } else if (infiniteX || infiniteY) {
            fpu.deliverInfinity(isNegative(seX ^ seY));
        } else if (x == 0 || y == 0) {
            fpu.deliverZero(isNegative(seX ^ seY));
        } else {
            logarithmOfOnePlusTimes(fpu, seX, x, seY, y);
        }
    }

    private static void logarithmOfOnePlusTimes(X87Context fpu, int seX, long x, int seY, long y) {
        WideMath math = fpu.math();
        load(math.x, seX, x);
        boolean powerOfTwo = false;
        if (math.x.exponent < -2) {
            math.logarithmOfOnePlus(math.x, math.x);
        } else {
            math.y.set(false, 0, Float80.INTEGER_BIT, 0);
            WideMath.add(math.x, math.x, math.y);
            if (math.x.isZero() || math.x.negative) {
                fpu.raised |= X87Context.PE;
                fpu.deliver(seX, x);
                return;
            }
            powerOfTwo = math.x.high == Float80.INTEGER_BIT && math.x.low == 0;
            math.logarithm(math.x, math.x);
        }
        multiplyLogarithm(fpu, powerOfTwo, seY, y);
    }
}
