package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.Float80.exponentOf;
import static dev.ringscope.emulator.x86.fpu.Float80.isInfinity;
import static dev.ringscope.emulator.x86.fpu.Float80.isNegative;
import static dev.ringscope.emulator.x86.fpu.Float80.normalized;

/**
 * FPREM (quotient truncated) and FPREM1 (quotient to nearest, IEEE remainder): Intel SDM volume 2. Exact; a difference
 * of exponents of 64 or more is reduced by 32 to 63 at a time, the number being 32 + difference mod 32, and C2 says
 * that it is incomplete. A complete reduction leaves the quotient's bits 2, 1, 0 in C0, C3, C1.
 */
public final class X87Remainder {
    private X87Remainder() {}

    public static void truncated(X87Context fpu, int seA, long a, int seB, long b) {
        remainder(fpu, seA, a, seB, b, false);
    }

    public static void nearest(X87Context fpu, int seA, long a, int seB, long b) {
        remainder(fpu, seA, a, seB, b, true);
    }

    private static void remainder(X87Context fpu, int seA, long a, int seB, long b, boolean nearest) {
        fpu.begin();
        fpu.defined = X87Context.C1 | X87Context.C2;
        if (fpu.special(seA, a, seB, b)) {
            return;
        }
        if (isInfinity(seA, a) || b == 0) {
            fpu.invalid();
            return;
        }
        if (!fpu.checkDenormal(seA, a, seB, b)) {
            return;
        }
        fpu.defined |= X87Context.C0 | X87Context.C3;
        if (a == 0) {
            fpu.deliver(seA, a);
        } else if (isInfinity(seB, b)) {
            keep(fpu, seA, a);
        } else {
            int difference = exponentOf(seA, a) - exponentOf(seB, b);
            if (difference >= 64) {
                reducePartially(fpu, seA, a, seB, b, difference);
            } else {
                reduce(fpu, seA, a, seB, b, difference, nearest);
            }
        }
    }

    private static void keep(X87Context fpu, int se, long a) {
        fpu.wide.set(isNegative(se), exponentOf(se, a), normalized(a), 0);
        fpu.round(64);
    }

    private static void reducePartially(X87Context fpu, int seA, long a, int seB, long b, int difference) {
        int bits = 32 + (difference & 31);
        divide(fpu.wide, normalized(a), normalized(b), bits);
        deliver(fpu, isNegative(seA), exponentOf(seB, b) + difference - bits, fpu.wide.high);
        fpu.condition = X87Context.C2;
    }

    private static void reduce(X87Context fpu, int seA, long a, int seB, long b, int difference, boolean nearest) {
        boolean negative = isNegative(seA);
        int exponent = exponentOf(seB, b);
        long dividend = normalized(a);
        long divisor = normalized(b);
        long quotient = 0;
        if (difference >= 0) {
            divide(fpu.wide, dividend, divisor, difference);
            quotient = fpu.wide.low;
            dividend = fpu.wide.high;
        } else if (!nearest || difference < -1) {
            keep(fpu, seA, a);
            return;
        }
        if (nearest && roundsAway(dividend, divisor, difference < 0, (quotient & 1) != 0)) {
            quotient++;
            negative = !negative;
            // With a difference of -1 the dividend's unit is half the divisor's: 2 × divisor - dividend still fits.
            dividend = difference < 0 ? divisor + (divisor - dividend) : divisor - dividend;
        }
        deliver(fpu, negative, difference < 0 ? exponent - 1 : exponent, dividend);
        fpu.condition = ((quotient & 4) != 0 ? X87Context.C0 : 0)
                | ((quotient & 2) != 0 ? X87Context.C3 : 0)
                | ((quotient & 1) != 0 ? X87Context.C1 : 0);
    }

    /** Whether rest / divisor is above one half, or is one half with an odd quotient. */
    private static boolean roundsAway(long rest, long divisor, boolean halved, boolean odd) {
        int order = halved ? Long.compareUnsigned(rest, divisor) : Long.compareUnsigned(rest, divisor - rest);
        return order > 0 || order == 0 && odd;
    }

    private static void deliver(X87Context fpu, boolean negative, int exponent, long rest) {
        if (rest != 0) {
            fpu.wide.set(negative, exponent - Long.numberOfLeadingZeros(rest), normalized(rest), 0);
            fpu.round(64);
        } else {
            fpu.deliverZero(negative);
        }
    }

    /**
     * Divides dividend × 2^shift by divisor, both normalised: leaves the remainder in wide.high, the quotient in
     * wide.low.
     */
    private static void divide(Wide wide, long dividend, long divisor, int shift) {
        boolean fits = Long.compareUnsigned(dividend, divisor) >= 0;
        long rest = fits ? dividend - divisor : dividend;
        long quotient = fits ? 1 : 0;
        for (int i = 0; i < shift; i++) {
            boolean carry = rest < 0;
            rest <<= 1;
            quotient <<= 1;
            if (carry || Long.compareUnsigned(rest, divisor) >= 0) {
                rest -= divisor;
                quotient++;
            }
        }
        wide.high = rest;
        wide.low = quotient;
    }
}
