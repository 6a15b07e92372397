package dev.ringscope.emulator.x86.fpu;

/**
 * The two-bit rounding field that the x87 control word (bits 11:10), MXCSR (bits 14:13) and ROUNDSS's immediate share.
 */
public final class RoundingControl {
    public static final int NEAREST_EVEN = 0;
    public static final int DOWN = 1;
    public static final int UP = 2;
    public static final int TRUNCATE = 3;

    private RoundingControl() {}

    /** Whether a discarded fraction makes the kept magnitude one unit larger. */
    static boolean increments(int rounding, boolean negative, boolean odd, boolean half, boolean sticky) {
        return switch (rounding) {
            case NEAREST_EVEN -> half && (sticky || odd);
            case DOWN -> negative && (half || sticky);
            case UP -> !negative && (half || sticky);
            default -> false;
        };
    }
}
