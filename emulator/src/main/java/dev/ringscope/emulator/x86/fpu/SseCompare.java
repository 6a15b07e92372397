package dev.ringscope.emulator.x86.fpu;

import static dev.ringscope.emulator.x86.fpu.BinaryFormat.DOUBLE;
import static dev.ringscope.emulator.x86.fpu.BinaryFormat.SINGLE;

/** CMPccSS/SD, COMISS/SD and UCOMISS/SD of one lane on raw bits: Intel SDM volume 2 under each name. */
public final class SseCompare {
    /** EFLAGS bits of the comparisons that set flags; OF, SF and AF are cleared. */
    public static final int ZF = 0x40;

    public static final int PF = 0x04;
    public static final int CF = 0x01;

    private static final int LESS = 1;
    private static final int EQUAL = 2;
    private static final int GREATER = 4;
    private static final int UNORDERED = 8;

    /** For each predicate EQ, LT, LE, UNORD, NEQ, NLT, NLE, ORD: the relations that satisfy it. */
    private static final int[] SATISFIED = {
        EQUAL,
        LESS,
        LESS | EQUAL,
        UNORDERED,
        LESS | GREATER | UNORDERED,
        EQUAL | GREATER | UNORDERED,
        GREATER | UNORDERED,
        LESS | EQUAL | GREATER
    };

    /** LT, LE, NLT and NLE raise IE for quiet NaNs too. */
    private static final int SIGNALLING = 0b0110_0110;

    private SseCompare() {}

    /** All ones (64 bits) if a PREDICATE b, else 0; {@code predicate} is 0 to 7. */
    public static long cmpsd(Mxcsr m, long a, long b, int predicate) {
        return compare(m, DOUBLE, a, b, predicate) ? -1 : 0;
    }

    /** All ones (32 bits) if a PREDICATE b, else 0; {@code predicate} is 0 to 7. */
    public static long cmpss(Mxcsr m, long a, long b, int predicate) {
        return compare(m, SINGLE, a, b, predicate) ? 0xffffffffL : 0;
    }

    private static boolean compare(Mxcsr m, BinaryFormat format, long a, long b, int predicate) {
        boolean signalling = (SIGNALLING >> predicate & 1) != 0;
        return (relation(m, format, a, b, signalling) & SATISFIED[predicate]) != 0;
    }

    /** COMISD: ZF, PF and CF; IE for every NaN. */
    public static int comisd(Mxcsr m, long a, long b) {
        return flags(relation(m, DOUBLE, a, b, true));
    }

    public static int comiss(Mxcsr m, long a, long b) {
        return flags(relation(m, SINGLE, a, b, true));
    }

    /** UCOMISD: ZF, PF and CF; IE for signalling NaNs only. */
    public static int ucomisd(Mxcsr m, long a, long b) {
        return flags(relation(m, DOUBLE, a, b, false));
    }

    public static int ucomiss(Mxcsr m, long a, long b) {
        return flags(relation(m, SINGLE, a, b, false));
    }

    private static int flags(int relation) {
        return switch (relation) {
            case LESS -> CF;
            case EQUAL -> ZF;
            case GREATER -> 0;
            default -> ZF | PF | CF;
        };
    }

    private static int relation(Mxcsr m, BinaryFormat format, long operandA, long operandB, boolean signalling) {
        long a = SseExact.input(m, format, operandA);
        long b = SseExact.input(m, format, operandB);
        if (format.isNaN(a) || format.isNaN(b)) {
            if (signalling || format.isSignallingNaN(a) || format.isSignallingNaN(b)) {
                m.raise(Mxcsr.IE);
            }
            return UNORDERED;
        }
        SseExact.checkDenormal(m, format, a, b);
        int order = SseExact.order(format, a, b);
        return order < 0 ? LESS : order == 0 ? EQUAL : GREATER;
    }
}
