package dev.ringscope.emulator.x86.fpu;

/**
 * FCOM, FUCOM, FTST and FXAM: Intel SDM volume 1, section 8.1.3.3 and tables 8-6 to 8-8. The outcome is in the
 * context's condition codes C3, C2 and C0, which FCOMI's ZF, PF and CF mirror.
 */
public final class X87Compare {
    private static final int UNORDERED = X87Context.C3 | X87Context.C2 | X87Context.C0;

    private X87Compare() {}

    private static void begin(X87Context fpu) {
        fpu.begin();
        fpu.defined = X87Context.C0 | X87Context.C1 | X87Context.C2 | X87Context.C3;
    }

    /** FCOM: every NaN is invalid. */
    public static void ordered(X87Context fpu, int seA, long a, int seB, long b) {
        compare(fpu, seA, a, seB, b, true);
    }

    /** FUCOM: only a signalling NaN or an unsupported operand is invalid. */
    public static void unordered(X87Context fpu, int seA, long a, int seB, long b) {
        compare(fpu, seA, a, seB, b, false);
    }

    /** FTST: compares with +0. */
    public static void test(X87Context fpu, int se, long a) {
        compare(fpu, se, a, 0, 0, true);
    }

    private static void compare(X87Context fpu, int seA, long a, int seB, long b, boolean signalling) {
        begin(fpu);
        boolean unsupported = Float80.isUnsupported(seA, a) || Float80.isUnsupported(seB, b);
        if (unsupported || Float80.isNaN(seA, a) || Float80.isNaN(seB, b)) {
            boolean invalid =
                    signalling || unsupported || Float80.isSignallingNaN(seA, a) || Float80.isSignallingNaN(seB, b);
            if (invalid) {
                fpu.raise(X87Context.IE);
            }
            fpu.condition = UNORDERED;
            return;
        }
        fpu.checkDenormal(seA, a, seB, b);
        int order = order(seA, a, seB, b);
        fpu.condition = order < 0 ? X87Context.C0 : order == 0 ? X87Context.C3 : 0;
    }

    private static int order(int seA, long a, int seB, long b) {
        if (a == 0 && b == 0) {
            return 0;
        }
        boolean negativeA = Float80.isNegative(seA);
        boolean negativeB = Float80.isNegative(seB);
        if (a == 0 || b == 0 || negativeA != negativeB) {
            return a != 0 ? (negativeA ? -1 : 1) : negativeB ? 1 : -1;
        }
        // A pseudo-denormal has exponent field 0 and the value it would have with 1.
        int exponentA = Math.max(seA & Float80.EXPONENT, 1);
        int exponentB = Math.max(seB & Float80.EXPONENT, 1);
        int magnitude = exponentA != exponentB ? Integer.compare(exponentA, exponentB) : Long.compareUnsigned(a, b);
        return negativeA ? -magnitude : magnitude;
    }

    /** FXAM of a register that holds a value; C1 is its sign. */
    public static void examine(X87Context fpu, int se, long a) {
        begin(fpu);
        int sign = Float80.isNegative(se) ? X87Context.C1 : 0;
        fpu.condition = sign | classOf(se, a);
    }

    private static int classOf(int se, long a) {
        if (Float80.isUnsupported(se, a)) {
            return 0;
        }
        if (Float80.isNaN(se, a)) {
            return X87Context.C0;
        }
        if (Float80.isInfinity(se, a)) {
            return X87Context.C2 | X87Context.C0;
        }
        if (Float80.isZero(se, a)) {
            return X87Context.C3;
        }
        return Float80.isDenormal(se, a) ? X87Context.C3 | X87Context.C2 : X87Context.C2;
    }

    /** FXAM of an empty register, whose sign is still reported. */
    public static void examineEmpty(X87Context fpu, int se) {
        begin(fpu);
        fpu.condition = X87Context.C3 | X87Context.C0 | (Float80.isNegative(se) ? X87Context.C1 : 0);
    }
}
