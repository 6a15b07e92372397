package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.BinaryFormat.DOUBLE;
import static dev.ringscope.emulator.x86.fpu.BinaryFormat.SINGLE;

/**
 * ADD, SUB, MUL, DIV, SQRT, MIN and MAX of one lane: SS on float32, SD on float64. Intel SDM volume 2 under each name.
 * Values are raw bits; a float32 lies in the low half, zero-extended. The packed forms call these for each lane.
 *
 * <p>In the usual mode (round to nearest, all masked, no DAZ, no FTZ) an operation on ordinary numbers is one of Java's
 * own. Whether it was inexact is then asked only while PE is still clear, by computing the rounding error, which is
 * exact in these ranges (Muller et al., Handbook of Floating-Point Arithmetic, chapter 4). Everything else takes
 * {@link SseExact}.
 */
public final class SseFloat {
    /** Results within these exponent fields neither overflow nor underflow, nor does the computation of their error. */
    private static final int LEAST_DOUBLE = 110;

    private static final int DOUBLE_SPAN = 0x7fd - LEAST_DOUBLE;
    private static final int LEAST_SINGLE = 2;
    private static final int SINGLE_SPAN = 0xfd - LEAST_SINGLE;

    private static final long DOUBLE_EXPONENT = 0x7ffL << 52;
    private static final int SINGLE_EXPONENT = 0xff << 23;

    private SseFloat() {}

    private static boolean ordinary(long bits) {
        return Integer.compareUnsigned((int) (bits >>> 52 & 0x7ff) - LEAST_DOUBLE, DOUBLE_SPAN) < 0;
    }

    private static boolean ordinary(int bits) {
        return Integer.compareUnsigned((bits >>> 23 & 0xff) - LEAST_SINGLE, SINGLE_SPAN) < 0;
    }

    /** Not denormal. */
    private static boolean plain(long bits) {
        return (bits & DOUBLE_EXPONENT) != 0 || bits << 1 == 0;
    }

    private static boolean plain(int bits) {
        return (bits & SINGLE_EXPONENT) != 0 || bits << 1 == 0;
    }

    private static boolean needsInexact(Mxcsr m) {
        return (m.value & Mxcsr.PE) == 0;
    }

    private static long bits(float value) {
        return Float.floatToRawIntBits(value) & 0xffffffffL;
    }

    public static long addsd(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double sum = x + y;
            long bits = Double.doubleToRawLongBits(sum);
            if ((ordinary(bits) || sum == 0) && plain(a) && plain(b)) {
                if (needsInexact(m) && sumError(x, y, sum) != 0) {
                    m.value |= Mxcsr.PE;
                }
                return bits;
            }
        }
        return SseExact.add(m, DOUBLE, a, b);
    }

    private static double sumError(double x, double y, double sum) {
        double part = sum - x;
        return x - (sum - part) + (y - part);
    }

    public static long addss(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            float x = Float.intBitsToFloat((int) a);
            float y = Float.intBitsToFloat((int) b);
            float sum = x + y;
            if ((ordinary(Float.floatToRawIntBits(sum)) || sum == 0) && plain((int) a) && plain((int) b)) {
                if (needsInexact(m) && sumError(x, y, sum) != 0) {
                    m.value |= Mxcsr.PE;
                }
                return bits(sum);
            }
        }
        return SseExact.add(m, SINGLE, a, b);
    }

    private static float sumError(float x, float y, float sum) {
        float part = sum - x;
        return x - (sum - part) + (y - part);
    }

    public static long subsd(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double difference = x - y;
            long bits = Double.doubleToRawLongBits(difference);
            if ((ordinary(bits) || difference == 0) && plain(a) && plain(b)) {
                if (needsInexact(m) && sumError(x, -y, difference) != 0) {
                    m.value |= Mxcsr.PE;
                }
                return bits;
            }
        }
        return SseExact.subtract(m, DOUBLE, a, b);
    }

    public static long subss(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            float x = Float.intBitsToFloat((int) a);
            float y = Float.intBitsToFloat((int) b);
            float difference = x - y;
            if ((ordinary(Float.floatToRawIntBits(difference)) || difference == 0)
                    && plain((int) a)
                    && plain((int) b)) {
                if (needsInexact(m) && sumError(x, -y, difference) != 0) {
                    m.value |= Mxcsr.PE;
                }
                return bits(difference);
            }
        }
        return SseExact.subtract(m, SINGLE, a, b);
    }

    public static long mulsd(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double product = x * y;
            long bits = Double.doubleToRawLongBits(product);
            if (ordinary(bits) && plain(a) && plain(b)) {
                if (needsInexact(m) && Math.fma(x, y, -product) != 0) {
                    m.value |= Mxcsr.PE;
                }
                return bits;
            }
        }
        return SseExact.multiply(m, DOUBLE, a, b);
    }

    public static long mulss(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            float x = Float.intBitsToFloat((int) a);
            float y = Float.intBitsToFloat((int) b);
            float product = x * y;
            if (ordinary(Float.floatToRawIntBits(product)) && plain((int) a) && plain((int) b)) {
                if (needsInexact(m) && (double) x * y != product) {
                    m.value |= Mxcsr.PE;
                }
                return bits(product);
            }
        }
        return SseExact.multiply(m, SINGLE, a, b);
    }

    public static long divsd(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double quotient = x / y;
            long bits = Double.doubleToRawLongBits(quotient);
            if (ordinary(bits) && ordinary(a) && plain(b)) {
                if (needsInexact(m) && Math.fma(quotient, y, -x) != 0) {
                    m.value |= Mxcsr.PE;
                }
                return bits;
            }
        }
        return SseExact.divide(m, DOUBLE, a, b);
    }

    public static long divss(Mxcsr m, long a, long b) {
        if (m.isDefault()) {
            float x = Float.intBitsToFloat((int) a);
            float y = Float.intBitsToFloat((int) b);
            float quotient = x / y;
            if (ordinary(Float.floatToRawIntBits(quotient)) && plain((int) a) && plain((int) b)) {
                if (needsInexact(m) && (double) quotient * y != x) {
                    m.value |= Mxcsr.PE;
                }
                return bits(quotient);
            }
        }
        return SseExact.divide(m, SINGLE, a, b);
    }

    public static long sqrtsd(Mxcsr m, long a) {
        if (m.isDefault() && a > 0 && ordinary(a)) {
            double x = Double.longBitsToDouble(a);
            double root = Math.sqrt(x);
            if (needsInexact(m) && Math.fma(root, root, -x) != 0) {
                m.value |= Mxcsr.PE;
            }
            return Double.doubleToRawLongBits(root);
        }
        return SseExact.squareRoot(m, DOUBLE, a);
    }

    public static long sqrtss(Mxcsr m, long a) {
        if (m.isDefault() && (int) a > 0 && ordinary((int) a)) {
            float x = Float.intBitsToFloat((int) a);
            // Rounding the double root again is innocuous: 53 bits are more than twice 24 and two.
            float root = (float) Math.sqrt(x);
            if (needsInexact(m) && (double) root * root != x) {
                m.value |= Mxcsr.PE;
            }
            return bits(root);
        }
        return SseExact.squareRoot(m, SINGLE, a);
    }

    public static long minsd(Mxcsr m, long a, long b) {
        return SseExact.select(m, DOUBLE, a, b, false);
    }

    public static long minss(Mxcsr m, long a, long b) {
        return SseExact.select(m, SINGLE, a, b, false);
    }

    public static long maxsd(Mxcsr m, long a, long b) {
        return SseExact.select(m, DOUBLE, a, b, true);
    }

    public static long maxss(Mxcsr m, long a, long b) {
        return SseExact.select(m, SINGLE, a, b, true);
    }
}
