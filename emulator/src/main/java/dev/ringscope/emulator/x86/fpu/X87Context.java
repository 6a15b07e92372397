package dev.ringscope.emulator.x86.fpu;

/**
 * What one x87 operation needs to know and what it leaves behind: control word in; result, exceptions and condition
 * codes out. Intel SDM volume 1, sections 8.1.5 (control word), 8.1.3 (status word), 8.4 and 8.5 (exceptions and their
 * responses).
 *
 * <p>Operations are static methods that take the context first and overwrite all of its outputs, so that nothing is
 * allocated. When {@link #delivered} is false an unmasked exception has suppressed the result: neither destination,
 * stack nor memory may change. The caller merges {@link #raised} and those {@link #condition} codes that are
 * {@link #defined} into its status word.
 */
public final class X87Context {
    public static final int IE = 0x01;
    public static final int DE = 0x02;
    public static final int ZE = 0x04;
    public static final int OE = 0x08;
    public static final int UE = 0x10;
    public static final int PE = 0x20;

    public static final int C0 = 0x0100;
    public static final int C1 = 0x0200;
    public static final int C2 = 0x0400;
    public static final int C3 = 0x4000;

    private static final int MINIMUM_EXPONENT = 1 - Float80.BIAS;
    private static final int MAXIMUM_EXPONENT = Float80.BIAS;
    private static final int BIAS_ADJUSTMENT = 0x6000;

    /** The control word: exception masks in bits 5:0, precision control in 9:8, rounding control in 11:10. */
    public int control = 0x37f;

    /** Exceptions of the last operation: any of IE, DE, ZE, OE, UE, PE. */
    public int raised;

    /** Condition codes of the last operation, in status word positions: any of C0, C1, C2, C3. */
    public int condition;

    /** Condition codes that the last operation defines, clear or set; the others keep what they had. */
    public int defined;

    public boolean delivered;

    /** The result: sign and exponent, significand. */
    public int se;

    public long significand;

    /** The second result of FXTRACT, FSINCOS and FPTAN, which is pushed after the first has replaced ST(0). */
    public int pushedSe;

    public long pushedSignificand;

    /** A float32 or float64 memory operand as {@link X87Convert} left it for the operation that follows. */
    public int operandSe;

    public long operandSignificand;

    private boolean operandDenormal;
    private boolean denormal;

    final Wide wide = new Wide();
    private WideMath math;

    void begin() {
        raised = 0;
        condition = 0;
        defined = C1;
        delivered = true;
        denormal = operandDenormal;
        operandDenormal = false;
    }

    /** The operation for which an operand was loaded does not take place. */
    public void forgetOperand() {
        operandDenormal = false;
    }

    /** A denormal float32 or float64 is a normal number here; that it was one is remembered for the next operation. */
    void operand(int se, long significand, boolean denormal) {
        operandSe = se;
        operandSignificand = significand;
        operandDenormal = denormal;
    }

    int rounding() {
        return control >> 10 & 3;
    }

    /** Significand bits that FADD, FSUB, FMUL, FDIV and FSQRT round to. */
    int precision() {
        return switch (control >> 8 & 3) {
            case 0 -> 24;
            case 2 -> 53;
            default -> 64;
        };
    }

    boolean masked(int exception) {
        return (control & exception) != 0;
    }

    /** Working registers of the transcendental operations, made when the first of them runs. */
    WideMath math() {
        if (math == null) {
            math = new WideMath();
        }
        return math;
    }

    void deliver(int se, long significand) {
        this.se = se;
        this.significand = significand;
    }

    void deliverZero(boolean negative) {
        deliver(negative ? Float80.SIGN : 0, 0);
    }

    void deliverInfinity(boolean negative) {
        deliver(negative ? Float80.SIGN | Float80.EXPONENT : Float80.EXPONENT, Float80.INTEGER_BIT);
    }

    void push(int se, long significand) {
        pushedSe = se;
        pushedSignificand = significand;
    }

    /** Raises a pre-computation exception (IE, DE or ZE) and says whether the operation may go on. */
    boolean raise(int exception) {
        raised |= exception;
        delivered &= masked(exception);
        return delivered;
    }

    void invalid() {
        raise(IE);
        deliver(Float80.INDEFINITE_SE, Float80.INDEFINITE_SIGNIFICAND);
    }

    void divideByZero(boolean negative) {
        raise(ZE);
        deliverInfinity(negative);
    }

    /** Handles an unsupported or NaN operand; true when that is the whole operation. */
    boolean special(int se, long significand) {
        if (Float80.isUnsupported(se, significand)) {
            invalid();
            return true;
        }
        if (Float80.isNaN(se, significand)) {
            if ((significand & Float80.QUIET_BIT) == 0) {
                raise(IE);
            }
            deliver(se, significand | Float80.QUIET_BIT);
            return true;
        }
        return false;
    }

    /** As {@link #special(int, long)} for two operands, of which the NaN of SDM volume 1, table 4-7 is delivered. */
    boolean special(int seA, long a, int seB, long b) {
        if ((seA & Float80.EXPONENT) != Float80.EXPONENT
                && (seB & Float80.EXPONENT) != Float80.EXPONENT
                && !Float80.isUnsupported(seA, a)
                && !Float80.isUnsupported(seB, b)) {
            return false;
        }
        if (Float80.isUnsupported(seA, a) || Float80.isUnsupported(seB, b)) {
            invalid();
            return true;
        }
        boolean nanA = Float80.isNaN(seA, a);
        boolean nanB = Float80.isNaN(seB, b);
        if (!nanA && !nanB) {
            return false;
        }
        boolean signallingA = nanA && (a & Float80.QUIET_BIT) == 0;
        boolean signallingB = nanB && (b & Float80.QUIET_BIT) == 0;
        if (signallingA || signallingB) {
            raise(IE);
        }
        boolean first =
                nanA && (!nanB || (signallingA != signallingB ? signallingB : largerSignificand(seA, a, seB, b)));
        deliver(first ? seA : seB, (first ? a : b) | Float80.QUIET_BIT);
        return true;
    }

    private static boolean largerSignificand(int seA, long a, int seB, long b) {
        int order = Long.compareUnsigned(a, b);
        return order != 0 ? order > 0 : seA < seB;
    }

    /** Raises DE for a denormal operand; false when that stops the operation. */
    boolean checkDenormal(int se, long significand) {
        return !Float80.isDenormal(se, significand) || raise(DE);
    }

    boolean checkDenormal(int seA, long a, int seB, long b) {
        return !(denormal || Float80.isDenormal(seA, a) || Float80.isDenormal(seB, b)) || raise(DE);
    }

    /** Delivers {@link #wide}, not zero, rounded under precision control. */
    void roundUnderPrecisionControl() {
        round(precision());
    }

    /** Delivers {@link #wide}, not zero, rounded to {@code precision} bits, with the responses to OE, UE and PE. */
    void round(int precision) {
        long high = wide.high;
        long low = wide.low;
        int exponent = wide.exponent;
        wide.round(precision, rounding());
        if (wide.exponent > MAXIMUM_EXPONENT && !masked(OE)) {
            raised |= OE;
            wide.exponent -= BIAS_ADJUSTMENT;
        } else if (wide.exponent < MINIMUM_EXPONENT && !masked(UE)) {
            raised |= UE;
            wide.exponent += BIAS_ADJUSTMENT;
        } else if (wide.exponent > MAXIMUM_EXPONENT || wide.exponent < MINIMUM_EXPONENT) {
            wide.set(wide.negative, exponent, high, low);
            wide.roundToFormat(precision, MINIMUM_EXPONENT, MAXIMUM_EXPONENT, rounding());
            raised |= wide.overflow ? OE : wide.inexact ? UE : 0;
        }
        raised |= wide.inexact ? PE : 0;
        condition |= wide.roundedUp ? C1 : 0;
        deliverRounded(precision);
    }

    /** FSCALE can exceed the range even after the bias adjustment: infinity or zero, whatever the rounding control. */
    void roundScaled() {
        int exponent = wide.exponent;
        if (exponent - BIAS_ADJUSTMENT > MAXIMUM_EXPONENT && !masked(OE)) {
            raised |= OE | PE;
            condition |= C1;
            deliverInfinity(wide.negative);
        } else if (exponent + BIAS_ADJUSTMENT < MINIMUM_EXPONENT && !masked(UE)) {
            raised |= UE | PE;
            deliverZero(wide.negative);
        } else {
            round(64);
        }
    }

    private void deliverRounded(int precision) {
        int sign = wide.negative ? Float80.SIGN : 0;
        if (wide.exponent > MAXIMUM_EXPONENT) {
            boolean infinite = wide.roundedUp;
            deliver(
                    sign | (infinite ? Float80.EXPONENT : Float80.EXPONENT - 1),
                    infinite ? Float80.INTEGER_BIT : -1L << 64 - precision);
        } else {
            deliver(sign | (wide.high < 0 ? wide.exponent + Float80.BIAS : 0), wide.high);
        }
    }
}
