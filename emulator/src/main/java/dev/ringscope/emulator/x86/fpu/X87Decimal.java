package dev.ringscope.emulator.x86.fpu;

/**
 * FBLD and FBSTP: 18 packed decimal digits and a sign. Intel SDM volume 1, section 4.7. In memory the eight bytes of
 * {@code digits} come first, little-endian, least significant digit pair first; then the two bytes of {@code top}: the
 * two leading digits and the sign in bit 15.
 */
public final class X87Decimal {
    private static final long LIMIT = 1_000_000_000_000_000_000L;
    private static final long TEN_TO_16 = 10_000_000_000_000_000L;

    /** What FBSTP stores for an invalid operand. */
    public static final int INDEFINITE_TOP = 0xffff;

    public static final long INDEFINITE_DIGITS = 0xc000_0000_0000_0000L;

    private X87Decimal() {}

    /** FBLD. Digits above 9 are undefined; they count with their binary value, as the processors do. */
    public static void load(X87Context fpu, int top, long digits) {
        fpu.begin();
        long magnitude = (top >> 4 & 15) * 10 + (top & 15);
        for (int shift = 60; shift >= 0; shift -= 4) {
            magnitude = magnitude * 10 + (digits >>> shift & 15);
        }
        X87Convert.deliverInteger(fpu, (top & 0x8000) != 0, magnitude);
    }

    /** FBSTP: leaves {@code top} in the context's {@code se} and {@code digits} in its {@code significand}. */
    public static void store(X87Context fpu, int se, long significand) {
        fpu.begin();
        boolean negative = Float80.isNegative(se);
        int exponent = Float80.exponentOf(se, significand);
        if (Float80.isZero(se, significand)) {
            fpu.deliver(negative ? 0x8000 : 0, 0);
            return;
        }
        if (Float80.isUnsupported(se, significand) || exponent >= 60) {
            invalid(fpu);
            return;
        }
        long magnitude = X87Convert.roundedInteger(fpu, negative, exponent, significand, fpu.rounding()).high;
        if (magnitude >= LIMIT) {
            invalid(fpu);
            return;
        }
        X87Convert.signalInexact(fpu);
        fpu.deliver((negative ? 0x8000 : 0) | (int) pack(magnitude / TEN_TO_16), pack(magnitude % TEN_TO_16));
    }

    private static void invalid(X87Context fpu) {
        fpu.raise(X87Context.IE);
        fpu.deliver(INDEFINITE_TOP, INDEFINITE_DIGITS);
    }

    private static long pack(long value) {
        long packed = 0;
        for (int shift = 0; value != 0; shift += 4) {
            packed |= value % 10 << shift;
            value /= 10;
        }
        return packed;
    }
}
