package dev.ringscope.emulator.x86.fpu;

/**
 * Working arithmetic of the transcendental functions: {@link Wide} numbers of 128 bits, truncated, so that the last few
 * bits may be wrong; about 120 are right, far beyond the 64 that a result keeps. Series are evaluated by Horner's rule
 * from the smallest term. One instance holds the scratch registers of one floating-point unit.
 */
final class WideMath {
    private static final Wide ONE = new Wide().set(false, 0, Float80.INTEGER_BIT, 0);
    private static final Wide LOG2_E = new Wide().set(false, 0, 0xb8aa3b295c17f0bbL, 0xbe87fed0691d3e88L);
    private static final Wide LN_2 = new Wide().set(false, -1, 0xb17217f7d1cf79abL, 0xc9e3b39803f2f6afL);
    static final Wide PI = new Wide().set(false, 1, 0xc90fdaa22168c234L, 0xc4c6628b80dc1cd1L);
    private static final Wide ARCTANGENT_OF_HALF = new Wide().set(false, -2, 0xed63382b0dda7b45L, 0x6fe445ecbc3a8d03L);

    private static final int EXPONENTIAL_TERMS = 33;
    private static final int LOGARITHM_TERMS = 26;
    private static final int ARCTANGENT_TERMS = 32;
    private static final int CIRCULAR_TERMS = 18;

    /** sqrt(1/2) and 4/5, as the leading 64 bits of a significand. */
    private static final long SQUARE_ROOT_OF_TWO = 0xb504f333f9de6484L;

    private static final long FOUR_FIFTHS = 0xccccccccccccccccL;

    final Wide x = new Wide();
    final Wide y = new Wide();
    final Wide z = new Wide();
    private final Wide square = new Wide();
    private final Wide term = new Wide();
    private final Wide other = new Wide();

    /** r = a + b; r may be either. */
    static void add(Wide r, Wide a, Wide b) {
        if (a.high == 0 || b.high == 0) {
            r.set(a.high == 0 ? b : a);
            return;
        }
        boolean swap = a.exponent < b.exponent || a.exponent == b.exponent && compareSignificands(a, b) < 0;
        Wide large = swap ? b : a;
        Wide small = swap ? a : b;
        int shift = large.exponent - small.exponent;
        boolean subtract = large.negative != small.negative;
        long high = large.high;
        long low = large.low;
        boolean negative = large.negative;
        int exponent = large.exponent;
        r.set(small);
        r.shiftRight(shift);
        if (!subtract) {
            addMagnitudes(r, high, low, exponent);
        } else {
            long borrow = Long.compareUnsigned(low, r.low) < 0 ? 1 : 0;
            r.low = low - r.low;
            r.high = high - r.high - borrow;
            r.exponent = exponent;
            r.normalize();
        }
        r.negative = negative;
    }

    private static void addMagnitudes(Wide r, long high, long low, int exponent) {
        r.low += low;
        long carry = Long.compareUnsigned(r.low, low) < 0 ? 1 : 0;
        long sum = r.high + high + carry;
        boolean overflow = Long.compareUnsigned(sum, high) < 0 || carry != 0 && sum == high;
        r.high = sum;
        r.exponent = exponent;
        if (overflow) {
            r.shiftRight(1);
            r.high |= Float80.INTEGER_BIT;
            r.exponent++;
        }
    }

    private static int compareSignificands(Wide a, Wide b) {
        int order = Long.compareUnsigned(a.high, b.high);
        return order != 0 ? order : Long.compareUnsigned(a.low, b.low);
    }

    /** r = a × b; r may be either. */
    static void multiply(Wide r, Wide a, Wide b) {
        long high = Math.unsignedMultiplyHigh(a.high, b.high);
        long low = a.high * b.high;
        long cross = Math.unsignedMultiplyHigh(a.high, b.low);
        low += cross;
        high += Long.compareUnsigned(low, cross) < 0 ? 1 : 0;
        cross = Math.unsignedMultiplyHigh(a.low, b.high);
        low += cross;
        high += Long.compareUnsigned(low, cross) < 0 ? 1 : 0;
        r.set(a.negative != b.negative, a.exponent + b.exponent + 1, high, low);
        r.normalize();
    }

    /** r = a / b by long division, a bit at a time; r may be either. */
    static void divide(Wide r, Wide a, Wide b) {
        long restHigh = a.high;
        long restLow = a.low;
        long high = 0;
        long low = 0;
        for (int i = 0; i < 129 && high >= 0; i++) {
            boolean carry = i > 0 && restHigh < 0;
            if (i > 0) {
                restHigh = restHigh << 1 | restLow >>> 63;
                restLow <<= 1;
            }
            high = high << 1 | low >>> 63;
            low <<= 1;
            int order = Long.compareUnsigned(restHigh, b.high);
            if (carry || order > 0 || order == 0 && Long.compareUnsigned(restLow, b.low) >= 0) {
                restHigh -= b.high + (Long.compareUnsigned(restLow, b.low) < 0 ? 1 : 0);
                restLow -= b.low;
                low |= 1;
            }
        }
        boolean less = compareSignificands(a, b) < 0;
        r.set(a.negative != b.negative, a.exponent - b.exponent - (less ? 1 : 0), high, low);
    }

    /** r = a / n for 0 < n < 2^31. */
    private static void divide(Wide r, Wide a, int n) {
        long rest = Long.remainderUnsigned(a.high, n);
        long high = Long.divideUnsigned(a.high, n);
        long middle = rest << 32 | a.low >>> 32;
        long last = middle % n << 32 | a.low & 0xffffffffL;
        r.set(a.negative, a.exponent, high, middle / n << 32 | last / n);
        int shift = Long.numberOfLeadingZeros(high);
        r.normalize();
        // The bits that normalising brought in.
        r.low |= shift == 0 ? 0 : (last % n << shift) / n;
    }

    private static void reciprocal(Wide r, int n) {
        divide(r, ONE, n);
    }

    /** r = 2^a - 1 for |a| <= 1. */
    void exponentialLessOne(Wide r, Wide a) {
        multiply(square, a, LN_2);
        term.set(ONE);
        for (int n = EXPONENTIAL_TERMS; n >= 2; n--) {
            multiply(term, term, square);
            divide(term, term, n);
            add(term, term, ONE);
        }
        multiply(r, term, square);
    }

    /** r = log2(a) for a > 0. */
    void logarithm(Wide r, Wide a) {
        int scale = a.exponent;
        y.set(false, 0, a.high, a.low);
        if (Long.compareUnsigned(a.high, SQUARE_ROOT_OF_TWO) > 0) {
            scale++;
            y.exponent--;
        }
        other.set(true, 0, Float80.INTEGER_BIT, 0);
        add(other, y, other);
        logarithmOfOnePlus(r, other);
        if (scale != 0) {
            int shift = Integer.numberOfLeadingZeros(Math.abs(scale));
            other.set(scale < 0, 31 - shift, (long) Math.abs(scale) << 32 + shift, 0);
            add(r, r, other);
        }
    }

    /** r = log2(1 + a) for |a| small enough that 1 + a lies between sqrt(1/2) and sqrt(2). */
    void logarithmOfOnePlus(Wide r, Wide a) {
        if (a.isZero()) {
            r.set(a);
            return;
        }
        term.set(false, 1, Float80.INTEGER_BIT, 0);
        add(term, term, a);
        divide(z, a, term);
        multiply(square, z, z);
        reciprocal(term, 2 * LOGARITHM_TERMS + 1);
        for (int n = LOGARITHM_TERMS - 1; n >= 0; n--) {
            multiply(term, term, square);
            reciprocal(other, 2 * n + 1);
            add(term, term, other);
        }
        multiply(term, term, z);
        multiply(r, term, LOG2_E);
        r.exponent++;
    }

    /** r = arctan(a) for 0 < a <= 1. */
    void arctangent(Wide r, Wide a) {
        boolean nearOne = a.exponent == 0 || a.exponent == -1 && Long.compareUnsigned(a.high, FOUR_FIFTHS) > 0;
        boolean nearHalf = !nearOne && a.exponent >= -2;
        if (!nearOne && !nearHalf) {
            arctangentSeries(r, a);
            return;
        }
        int centre = nearOne ? 0 : -1;
        other.set(true, centre, Float80.INTEGER_BIT, 0);
        add(y, a, other);
        z.set(a);
        z.exponent += centre;
        add(z, z, ONE);
        if (y.isZero()) {
            r.set(y);
        } else {
            divide(y, y, z);
            arctangentSeries(r, y);
        }
        if (nearOne) {
            other.set(PI);
            other.exponent -= 2;
        } else {
            other.set(ARCTANGENT_OF_HALF);
        }
        add(r, r, other);
    }

    private void arctangentSeries(Wide r, Wide a) {
        multiply(square, a, a);
        square.negative = true;
        reciprocal(term, 2 * ARCTANGENT_TERMS + 1);
        for (int n = ARCTANGENT_TERMS - 1; n >= 0; n--) {
            multiply(term, term, square);
            reciprocal(z, 2 * n + 1);
            add(term, term, z);
        }
        multiply(r, term, a);
    }

    /** r = sin(a) for 0 < |a| <= pi/4. */
    void sine(Wide r, Wide a) {
        circularSeries(a, 1);
        multiply(r, term, a);
    }

    /** r = cos(a) for |a| <= pi/4. */
    void cosine(Wide r, Wide a) {
        circularSeries(a, -1);
        r.set(term);
    }

    /** term = 1 - a²/(2·(2+step)) · (1 - a²/(4·(4+step)) · ...). */
    private void circularSeries(Wide a, int step) {
        term.set(ONE);
        if (a.isZero()) {
            return;
        }
        multiply(square, a, a);
        square.negative = true;
        for (int n = 2 * CIRCULAR_TERMS; n >= 2; n -= 2) {
            multiply(term, term, square);
            divide(term, term, n * (n + step));
            add(term, term, ONE);
        }
    }
}
