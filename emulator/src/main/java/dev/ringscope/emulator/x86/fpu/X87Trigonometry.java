package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.Float80.isInfinity;
import static dev.ringscope.emulator.x86.fpu.Float80.isNegative;

/**
 * FSIN, FCOS, FSINCOS, FPTAN and FPATAN: Intel SDM volume 2 under each name and volume 1, section 8.3.8. Arguments of
 * 2^63 and more are refused with C2. Below that they are reduced by the processor's pi, which has 66 bits; the reduced
 * argument is exact, so results agree with a processor's to the last bit save where its own last bit is wrong.
 */
public final class X87Trigonometry {
    private static final long PI_66_HIGH = 0x3;
    private static final long PI_66_LOW = 0x243f6a8885a308d3L;

    private X87Trigonometry() {}

    public static void sine(X87Context fpu, int se, long a) {
        if (!outOfDomain(fpu, se, a)) {
            if (a == 0) {
                fpu.deliver(se, a);
            } else {
                int quadrant = reduce(fpu.math(), se, a);
                circular(fpu, quadrant);
            }
        }
    }

    public static void cosine(X87Context fpu, int se, long a) {
        if (!outOfDomain(fpu, se, a)) {
            if (a == 0) {
                deliverOne(fpu);
            } else {
                circular(fpu, reduce(fpu.math(), se, a) + 1);
            }
        }
    }

    /** FSINCOS: the sine is the result, the cosine is pushed. C1 belongs to the cosine, computed last. */
    public static void sineAndCosine(X87Context fpu, int se, long a) {
        cosine(fpu, se, a);
        fpu.push(fpu.se, fpu.significand);
        if (!fpu.delivered || (fpu.condition & X87Context.C2) != 0 || (se & Float80.EXPONENT) == Float80.EXPONENT) {
            return;
        }
        int raised = fpu.raised;
        int condition = fpu.condition;
        sine(fpu, se, a);
        fpu.raised |= raised;
        fpu.condition = condition;
    }

    /** FPTAN: the tangent is the result, 1.0 is pushed. */
    public static void tangent(X87Context fpu, int se, long a) {
        if (!outOfDomain(fpu, se, a)) {
            if (a == 0) {
                fpu.deliver(se, a);
            } else {
                WideMath math = fpu.math();
                int quadrant = reduce(math, se, a);
                math.sine(math.y, math.x);
                math.cosine(math.z, math.x);
                if ((quadrant & 1) == 0) {
                    WideMath.divide(math.x, math.y, math.z);
                } else {
                    WideMath.divide(math.x, math.z, math.y);
                    math.x.negative = !math.x.negative;
                }
                X87Exponential.deliverInexact(fpu, math.x);
            }
            fpu.push(Float80.BIAS, Float80.INTEGER_BIT);
        } else if (Float80.isUnsupported(fpu.se, fpu.significand) || (fpu.se & Float80.EXPONENT) == Float80.EXPONENT) {
            fpu.push(fpu.se, fpu.significand);
        }
    }

    private static void deliverOne(X87Context fpu) {
        fpu.deliver(Float80.BIAS, Float80.INTEGER_BIT);
    }

    /** NaNs, infinities, an unmasked DE, and magnitudes that are too large, which set C2 and change nothing. */
    private static boolean outOfDomain(X87Context fpu, int se, long a) {
        fpu.begin();
        fpu.defined = X87Context.C1 | X87Context.C2;
        if (fpu.special(se, a)) {
            return true;
        }
        if (isInfinity(se, a)) {
            fpu.invalid();
            return true;
        }
        if ((se & Float80.EXPONENT) >= Float80.BIAS + 63) {
            fpu.condition = X87Context.C2;
            fpu.deliver(se, a);
            return true;
        }
        return !fpu.checkDenormal(se, a);
    }

    /** Leaves a - n × pi/2, at most pi/4 in magnitude, in {@code math.x}; the answer is n modulo 4. */
    private static int reduce(WideMath math, int se, long a) {
        X87Exponential.load(math.x, se, a);
        if (math.x.exponent < -1) {
            return 0;
        }
        // In units of 2^-65, pi/2 is PI_66 and a is its significand shifted left by exponent + 2.
        long high = 0;
        long low = a;
        int quadrant = 0;
        for (int i = math.x.exponent + 2; i > 0; i--) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            quadrant <<= 1;
            if (high > PI_66_HIGH || high == PI_66_HIGH && Long.compareUnsigned(low, PI_66_LOW) >= 0) {
                high -= PI_66_HIGH + (Long.compareUnsigned(low, PI_66_LOW) < 0 ? 1 : 0);
                low -= PI_66_LOW;
                quadrant++;
            }
        }
        boolean negative = isNegative(se);
        long complementLow = PI_66_LOW - low;
        long complementHigh = PI_66_HIGH - high - (Long.compareUnsigned(PI_66_LOW, low) < 0 ? 1 : 0);
        boolean closerToNext =
                high > complementHigh || high == complementHigh && Long.compareUnsigned(low, complementLow) > 0;
        if (closerToNext) {
            quadrant++;
            math.x.set(!negative, 127 - 65, complementHigh, complementLow);
        } else {
            math.x.set(negative, 127 - 65, high, low);
        }
        math.x.normalize();
        return negative ? -quadrant & 3 : quadrant & 3;
    }

    /** Delivers sin(n × pi/2 + x). */
    private static void circular(X87Context fpu, int quadrant) {
        WideMath math = fpu.math();
        if ((quadrant & 1) == 0) {
            math.sine(math.x, math.x);
        } else {
            math.cosine(math.x, math.x);
        }
        math.x.negative ^= (quadrant & 2) != 0;
        X87Exponential.deliverInexact(fpu, math.x);
    }

    /** FPATAN: the angle of the point (x, y), from -pi to pi. */
    public static void arctangent(X87Context fpu, int seX, long x, int seY, long y) {
        fpu.begin();
        if (fpu.special(seX, x, seY, y) || !fpu.checkDenormal(seX, x, seY, y)) {
            return;
        }
        boolean infiniteX = isInfinity(seX, x);
        boolean infiniteY = isInfinity(seY, y);
        boolean negativeX = isNegative(seX);
        WideMath math = fpu.math();
        boolean zeroAngle = y == 0 || infiniteX && !infiniteY;
        if (zeroAngle && !negativeX) {
            fpu.deliverZero(isNegative(seY));
            return;
        }
        if (zeroAngle) {
            piTimes(math.x, 4);
        } else if (infiniteX) {
            piTimes(math.x, negativeX ? 3 : 1);
        } else if (infiniteY || x == 0) {
            piTimes(math.x, 2);
        } else {
            angle(math, seX, x, seY, y);
        }
        math.x.negative = isNegative(seY);
        X87Exponential.deliverInexact(fpu, math.x);
    }

    private static final Wide THREE_QUARTERS = new Wide().set(false, -1, 3L << 62, 0);

    /** r = quarters × pi/4, for 1 to 4 quarters. */
    private static void piTimes(Wide r, int quarters) {
        r.set(WideMath.PI);
        if (quarters == 3) {
            WideMath.multiply(r, r, THREE_QUARTERS);
        } else {
            r.exponent -= quarters == 4 ? 0 : quarters == 2 ? 1 : 2;
        }
    }

    /** math.x = arctan(|y / x|), or its supplement if x is negative. */
    private static void angle(WideMath math, int seX, long x, int seY, long y) {
        X87Exponential.load(math.x, seX & Float80.EXPONENT, x);
        X87Exponential.load(math.y, seY & Float80.EXPONENT, y);
        boolean steep = math.y.exponent > math.x.exponent
                || math.y.exponent == math.x.exponent && Long.compareUnsigned(math.y.high, math.x.high) > 0;
        if (steep) {
            WideMath.divide(math.x, math.x, math.y);
        } else {
            WideMath.divide(math.x, math.y, math.x);
        }
        math.arctangent(math.x, math.x);
        if (steep) {
            subtractFromPi(math, 1);
        }
        if (isNegative(seX)) {
            subtractFromPi(math, 0);
        }
    }

    /** math.x = pi / 2^halvings - math.x. */
    private static void subtractFromPi(WideMath math, int halvings) {
        math.y.set(WideMath.PI);
        math.y.exponent -= halvings;
        math.x.negative = true;
        WideMath.add(math.x, math.x, math.y);
    }
}
