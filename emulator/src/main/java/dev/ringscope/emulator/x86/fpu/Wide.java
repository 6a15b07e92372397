package dev.ringscope.emulator.x86.fpu;

/**
 * A binary number with a 128-bit significand and an unbounded exponent: what an operation has before it is rounded. The
 * value is ±(high:low) / 2^127 × 2^exponent, with bit 63 of {@code high} set unless the number is zero.
 *
 * <p>Sum, product, quotient and root of two 64-bit significands are exact up to the sticky bit, bit 0 of {@code low},
 * which stands for everything below it: rounding to 64 bits or fewer sees the infinitely precise result. Division is
 * Knuth's algorithm D (The Art of Computer Programming, volume 2, 4.3.1) with 32-bit digits.
 */
final class Wide {
    boolean negative;
    int exponent;
    long high;
    long low;

    /** Set by {@link #round}: whether anything was discarded, and whether the magnitude grew. */
    boolean inexact;

    boolean roundedUp;

    /** Set by {@link #roundToFormat}: the result lay, after rounding, below or above the format's normal range. */
    boolean tiny;

    boolean overflow;

    /**
     * Whether rounding with an unbounded exponent would have discarded anything: what unmasked OE and UE report as PE.
     */
    boolean inexactUnbounded;

    Wide set(boolean negative, int exponent, long high, long low) {
        this.negative = negative;
        this.exponent = exponent;
        this.high = high;
        this.low = low;
        return this;
    }

    Wide set(Wide other) {
        return set(other.negative, other.exponent, other.high, other.low);
    }

    boolean isZero() {
        return high == 0;
    }

    /** The sum of two nonzero numbers with normalised 64-bit significands. */
    void sum(boolean negativeA, int exponentA, long a, boolean negativeB, int exponentB, long b) {
        if (exponentA < exponentB || exponentA == exponentB && Long.compareUnsigned(a, b) < 0) {
            sum(negativeB, exponentB, b, negativeA, exponentA, a);
            return;
        }
        set(negativeB, exponentA, b, 0);
        shiftRight(exponentA - exponentB);
        if (negativeA == negativeB) {
            high += a;
            if (Long.compareUnsigned(high, a) < 0) {
                shiftRightOne();
                high |= Float80.INTEGER_BIT;
                exponent++;
            }
        } else {
            high = a - high - (low != 0 ? 1 : 0);
            low = -low;
            negative = negativeA;
            normalize();
        }
    }

    /** The product of two normalised 64-bit significands. */
    void product(boolean negative, int exponentA, long a, int exponentB, long b) {
        set(negative, exponentA + exponentB + 1, Math.unsignedMultiplyHigh(a, b), a * b);
        normalize();
    }

    /** The quotient of two normalised 64-bit significands. */
    void quotient(boolean negative, int exponentA, long a, int exponentB, long b) {
        boolean less = Long.compareUnsigned(a, b) < 0;
        long dividendHigh = less ? a : a >>> 1;
        long dividendLow = less ? 0 : a << 63;
        long quotient = divide(dividendHigh, dividendLow, b);
        long remainder = dividendLow - quotient * b;
        set(negative, exponentA - exponentB - (less ? 1 : 0), quotient, fractionOf(remainder, b));
    }

    /** The square root of a positive number with a normalised 64-bit significand. */
    void root(int exponentA, long a) {
        boolean odd = (exponentA & 1) != 0;
        long squareHigh = odd ? a : a >>> 1;
        long squareLow = odd ? 0 : a << 63;
        // Newton's step doubles the 53 good bits of the double estimate; what is left is at most one unit off.
        double estimate = Math.sqrt((squareHigh >>> 11) * 0x1p-53);
        long root = estimate >= 1 ? -1 : (long) (estimate * 0x1p63) << 1;
        if (Long.compareUnsigned(root, squareHigh) > 0) {
            long quotient = divide(squareHigh, squareLow, root);
            root = (root >>> 1) + (quotient >>> 1) + (root & quotient & 1);
        }
        while (compareSquare(root, squareHigh, squareLow) > 0) {
            root--;
        }
        while (root != -1 && compareSquare(root + 1, squareHigh, squareLow) <= 0) {
            root++;
        }
        long restLow = squareLow - root * root;
        boolean restHigh = squareHigh
                != Math.unsignedMultiplyHigh(root, root) + (Long.compareUnsigned(squareLow, root * root) < 0 ? 1 : 0);
        boolean aboveHalf = restHigh || Long.compareUnsigned(restLow, root) > 0;
        set(false, exponentA >> 1, root, aboveHalf ? 3L << 62 : restLow != 0 ? 1 : 0);
    }

    private static int compareSquare(long root, long high, long low) {
        int order = Long.compareUnsigned(Math.unsignedMultiplyHigh(root, root), high);
        return order != 0 ? order : Long.compareUnsigned(root * root, low);
    }

    /** remainder / divisor as a fraction of which only "zero, below, at or above one half" is kept. */
    private static long fractionOf(long remainder, long divisor) {
        if (remainder == 0) {
            return 0;
        }
        int half = Long.compareUnsigned(remainder, divisor - remainder);
        return half < 0 ? 1 : half == 0 ? Float80.INTEGER_BIT : 3L << 62;
    }

    /** (high:low) / divisor, unsigned; the divisor is normalised and greater than high. */
    static long divide(long high, long low, long divisor) {
        long divisorHigh = divisor >>> 32;
        long divisorLow = divisor & 0xffffffffL;
        long q1 = digit(high, low >>> 32, divisorHigh, divisorLow);
        long rest = (high << 32 | low >>> 32) - q1 * divisor;
        long q0 = digit(rest, low & 0xffffffffL, divisorHigh, divisorLow);
        return (q1 << 32) + q0;
    }

    private static long digit(long high, long next, long divisorHigh, long divisorLow) {
        long q = Long.divideUnsigned(high, divisorHigh);
        long rest = high - q * divisorHigh;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * divisorLow, rest << 32 | next) > 0) {
            q--;
            rest += divisorHigh;
            if (rest >>> 32 != 0) {
                break;
            }
        }
        return q;
    }

    void normalize() {
        if (high == 0) {
            high = low;
            low = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(high);
        if (shift != 0 && high != 0) {
            high = high << shift | low >>> -shift;
            low <<= shift;
            exponent -= shift;
        }
    }

    private void shiftRightOne() {
        low = low >>> 1 | high << 63 | low & 1;
        high >>>= 1;
    }

    /** Shifts right without adjusting the exponent; bits shifted out stay as the sticky bit. */
    void shiftRight(int count) {
        if (count == 0) {
            return;
        }
        if (count < 64) {
            long lost = low << -count;
            low = low >>> count | high << -count | (lost != 0 ? 1 : 0);
            high >>>= count;
        } else if (count < 128) {
            long lost = count == 64 ? low : low | high << -count;
            low = high >>> count - 64 | (lost != 0 ? 1 : 0);
            high = 0;
        } else {
            low = (high | low) != 0 ? 1 : 0;
            high = 0;
        }
    }

    /** Rounds to the {@code precision} leading bits of {@code high}, which need not be normalised; 1 to 64. */
    void round(int precision, int rounding) {
        long unit = 1L << 64 - precision;
        long rest = high & unit - 1;
        boolean half;
        boolean sticky;
        if (precision == 64) {
            half = low < 0;
            sticky = low << 1 != 0;
        } else {
            half = (rest & unit >>> 1) != 0;
            sticky = (rest & (unit >>> 1) - 1 | low) != 0;
        }
        inexact = half || sticky;
        roundedUp = inexact && RoundingControl.increments(rounding, negative, (high & unit) != 0, half, sticky);
        high -= rest;
        low = 0;
        if (roundedUp) {
            high += unit;
            if (high == 0) {
                high = Float80.INTEGER_BIT;
                exponent++;
            }
        }
    }

    /**
     * Rounds to a format whose normal numbers have exponents {@code minimum} to {@code maximum}, denormalising below
     * it. Tininess is detected after rounding. An {@link #overflow} leaves the significand for the caller to replace.
     */
    void roundToFormat(int precision, int minimum, int maximum, int rounding) {
        long exactHigh = high;
        long exactLow = low;
        int exactExponent = exponent;
        round(precision, rounding);
        inexactUnbounded = inexact;
        overflow = exponent > maximum;
        tiny = exponent < minimum;
        if (overflow) {
            inexact = true;
            roundedUp = overflowsToInfinity(rounding);
        } else if (tiny) {
            set(negative, minimum, exactHigh, exactLow);
            shiftRight(minimum - exactExponent);
            round(precision, rounding);
        }
    }

    private boolean overflowsToInfinity(int rounding) {
        return RoundingControl.increments(rounding, negative, true, true, true);
    }
}
