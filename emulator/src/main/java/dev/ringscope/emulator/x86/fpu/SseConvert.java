package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.BinaryFormat.DOUBLE;
import static dev.ringscope.emulator.x86.fpu.BinaryFormat.SINGLE;

/**
 * Conversions of one lane on raw bits: Intel SDM volume 1, section 11.5.2 and volume 2 under each name. The packed
 * conversions are these, lane by lane: CVTPS2DQ is {@code cvtss2si(32)}, CVTTPD2DQ {@code cvttsd2si(32)}, CVTDQ2PS
 * {@code cvtsi2ss}, CVTDQ2PD {@code cvtsi2sd}, CVTPS2PD {@code cvtss2sd}, CVTPD2PS {@code cvtsd2ss}. The MMX forms
 * (CVTPS2PI and so on) as well.
 */
public final class SseConvert {
    private static final int USE_MXCSR = 4;
    private static final int SUPPRESS_INEXACT = 8;

    private static final int APPROXIMATION_BITS = 12;

    private SseConvert() {}

    public static long cvtss2sd(Mxcsr m, long a) {
        return SseExact.convert(m, SINGLE, DOUBLE, a);
    }

    public static long cvtsd2ss(Mxcsr m, long a) {
        return SseExact.convert(m, DOUBLE, SINGLE, a);
    }

    /** The signed integer of {@code width} 32 or 64 bits, sign-extended; out of range IE and 1 &lt;&lt; (width - 1). */
    public static long cvtss2si(Mxcsr m, long a, int width) {
        return SseExact.toInteger(m, SINGLE, a, width, m.rounding());
    }

    public static long cvttss2si(Mxcsr m, long a, int width) {
        return SseExact.toInteger(m, SINGLE, a, width, RoundingControl.TRUNCATE);
    }

    public static long cvtsd2si(Mxcsr m, long a, int width) {
        return SseExact.toInteger(m, DOUBLE, a, width, m.rounding());
    }

    public static long cvttsd2si(Mxcsr m, long a, int width) {
        return SseExact.toInteger(m, DOUBLE, a, width, RoundingControl.TRUNCATE);
    }

    /** From a signed integer; one of 32 bits comes sign-extended. */
    public static long cvtsi2ss(Mxcsr m, long value) {
        return SseExact.fromInteger(m, SINGLE, value);
    }

    public static long cvtsi2sd(Mxcsr m, long value) {
        return SseExact.fromInteger(m, DOUBLE, value);
    }

    /** ROUNDSS with its immediate byte: rounding in bits 1:0, bit 2 to use MXCSR's instead, bit 3 to leave PE alone. */
    public static long roundss(Mxcsr m, long a, int immediate) {
        return round(m, SINGLE, a, immediate);
    }

    public static long roundsd(Mxcsr m, long a, int immediate) {
        return round(m, DOUBLE, a, immediate);
    }

    private static long round(Mxcsr m, BinaryFormat format, long a, int immediate) {
        int rounding = (immediate & USE_MXCSR) != 0 ? m.rounding() : immediate & 3;
        return SseExact.roundToIntegral(m, format, a, rounding, (immediate & SUPPRESS_INEXACT) != 0);
    }

    /**
     * RCPSS: 1/a rounded to 12 bits; no exceptions, MXCSR is ignored. The manual bounds the relative error by 1.5 ×
     * 2^-12 and leaves the bits to the processor.
     */
    public static long rcpss(long a) {
        if (SINGLE.isNaN(a)) {
            return a | SINGLE.quietBit;
        }
        float x = Float.intBitsToFloat((int) (SINGLE.isDenormal(a) ? a & SINGLE.signBit : a));
        return approximation(1.0 / x);
    }

    /** RSQRTSS: 1/sqrt(a), as {@link #rcpss}. */
    public static long rsqrtss(long a) {
        if (SINGLE.isNaN(a)) {
            return a | SINGLE.quietBit;
        }
        if (SINGLE.isNegative(a) && !SINGLE.isZero(a) && !SINGLE.isDenormal(a)) {
            return SINGLE.indefinite();
        }
        float x = Float.intBitsToFloat((int) (SINGLE.isDenormal(a) ? a & SINGLE.signBit : a));
        return approximation(1.0 / Math.sqrt(x));
    }

    private static long approximation(double value) {
        long half = 1L << 52 - APPROXIMATION_BITS;
        long bits = Double.doubleToRawLongBits(value) + half & -2 * half;
        float rounded = (float) Double.longBitsToDouble(bits);
        boolean tiny = Math.abs(rounded) < Float.MIN_NORMAL;
        return Float.floatToRawIntBits(tiny ? Math.copySign(0f, rounded) : rounded) & 0xffffffffL;
    }
}
