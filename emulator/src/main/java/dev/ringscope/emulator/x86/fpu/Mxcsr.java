package dev.ringscope.emulator.x86.fpu;

/**
 * The MXCSR register: Intel SDM volume 1, section 10.2.3. Flags in bits 5:0 (sticky), DAZ in bit 6, masks in 12:7,
 * rounding control in 14:13, FTZ in 15. The operations of {@link SseFloat}, {@link SseCompare} and {@link SseConvert}
 * set the flags and collect those whose mask is clear: an instruction for which {@link #takeUnmasked} gives any raises
 * #XM instead of writing its destination.
 */
public final class Mxcsr {
    public static final int IE = 0x01;
    public static final int DE = 0x02;
    public static final int ZE = 0x04;
    public static final int OE = 0x08;
    public static final int UE = 0x10;
    public static final int PE = 0x20;
    public static final int DAZ = 0x40;
    public static final int FTZ = 0x8000;

    /** After reset: everything masked, round to nearest. */
    public static final int RESET = 0x1f80;

    /** Bits that LDMXCSR accepts; any other gives #GP(0). */
    public static final int WRITABLE = 0xffff;

    /** Exceptions found before, and by, the computation. */
    private static final int BEFORE = IE | DE | ZE;

    private static final int COMPUTED = OE | UE | PE;

    private static final int MODE = 0xffc0;
    private static final int MASK_SHIFT = 7;

    public int value = RESET;

    /** Unmasked exceptions that the running instruction has raised. */
    private int unmasked;

    /**
     * OE, UE and PE that the running instruction was the first to set; kept only while one of IE, DE and ZE is
     * unmasked.
     */
    private int fresh;

    final Wide wide = new Wide();

    /** Nothing that {@link #takeUnmasked} would have to look at: so it is after nearly every instruction. */
    public boolean quiet() {
        return (unmasked | fresh) == 0;
    }

    /**
     * Ends an instruction of one lane or several: the unmasked exceptions that it raised, 0 for none. If any lane met
     * an unmasked IE, DE or ZE, no lane was computed, so that OE, UE and PE are taken back (SDM volume 1, section
     * 11.5.3).
     */
    public int takeUnmasked() {
        int taken = unmasked;
        if ((taken & BEFORE) != 0) {
            value &= ~fresh;
            taken &= BEFORE;
        }
        unmasked = 0;
        fresh = 0;
        return taken;
    }

    /** Round to nearest, everything masked, denormals honoured: what the Java language computes with. */
    boolean isDefault() {
        return (value & MODE) == RESET;
    }

    int rounding() {
        return value >> 13 & 3;
    }

    boolean denormalsAreZeros() {
        return (value & DAZ) != 0;
    }

    boolean masked(int exception) {
        return (value >> MASK_SHIFT & exception) == exception;
    }

    /** Sets flags and says whether all of them are masked. */
    boolean raise(int exceptions) {
        if (!masked(BEFORE)) {
            fresh |= exceptions & COMPUTED & ~value;
        }
        value |= exceptions;
        int fatal = exceptions & ~(value >> MASK_SHIFT);
        unmasked |= fatal;
        return fatal == 0;
    }

    /** Rounds {@link #wide}, which is not zero, and raises OE, UE and PE. */
    long round(BinaryFormat format) {
        long bits = format.round(wide, rounding());
        int exceptions = wide.inexact ? PE : 0;
        if (wide.overflow) {
            exceptions = OE | (wide.inexactUnbounded || masked(OE) ? PE : 0);
        } else if (wide.tiny && masked(UE) && (value & FTZ) != 0) {
            exceptions = UE | PE;
            bits &= format.signBit;
        } else if (wide.tiny && (wide.inexact || !masked(UE))) {
            exceptions = UE | (wide.inexactUnbounded || masked(UE) ? PE : 0);
        }
        raise(exceptions);
        return bits;
    }
}
