package dev.ringscope.emulator.insn;

/**
 * The arithmetic flags as two words that an instruction leaves behind, from which each flag is made when somebody reads
 * it.
 *
 * <p>{@code fr}, the result, sign-extended from the operand's width: ZF = (fr == 0), SF = (fr &lt; 0), PF = parity of
 * its low byte.
 *
 * <p>{@code fc}, the carries: bit 63 = carry out of the top bit (CF), bit 62 = carry into it (OF = bit 63 xor bit 62),
 * bit 3 = AF; bit 0 inverts SF and bit 1 inverts PF, which only POPF, SAHF and their like need (ZF = 1 with SF = 1).
 * All other bits are zero.
 *
 * <p>The rules have one shape, {@code (w, a, b, r, fc) -> fc}: width in bytes, operands and result sign-extended, the
 * old carries.
 */
public final class Flags {
    public static final int CF = 1;
    public static final int PF = 4;
    public static final int AF = 0x10;
    public static final int ZF = 0x40;
    public static final int SF = 0x80;
    public static final int OF = 0x800;
    /** The six that arithmetic sets. */
    public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

    private static final long CARRY = 1L << 63;
    private static final long CARRY_IN = 1L << 62;

    private Flags() {}

    /** Carries of the vector {@code v} (bit i = carry out of bit i) for an operation of {@code w} bytes. */
    private static long carries(int w, long v) {
        return ((v << (64 - 8 * w)) & (CARRY | CARRY_IN)) | (v & 8);
    }

    public static long add(int w, long a, long b, long r, long fc) {
        return carries(w, (a & b) | ((a | b) & ~r));
    }

    public static long sub(int w, long a, long b, long r, long fc) {
        return carries(w, (~a & b) | ((~a | b) & r));
    }

    public static long logic(int w, long a, long b, long r, long fc) {
        return 0;
    }

    public static long inc(int w, long a, long b, long r, long fc) {
        return keepCarry(add(w, a, 1, r, fc), fc);
    }

    public static long dec(int w, long a, long b, long r, long fc) {
        return keepCarry(sub(w, a, 1, r, fc), fc);
    }

    public static long neg(int w, long a, long b, long r, long fc) {
        return sub(w, 0, a, r, fc);
    }

    /**
     * Two-operand and three-operand IMUL: CF and OF when the product does not fit; {@code a}, {@code b} are the
     * factors.
     */
    public static long imul(int w, long a, long b, long r, long fc) {
        boolean lost = w == 8 ? Math.multiplyHigh(a, b) != a * b >> 63 : a * b << 64 - 8 * w >> 64 - 8 * w != a * b;
        return carryOverflow(lost, lost);
    }

    /** The result is the arithmetic flags themselves, as bits of EFLAGS. */
    public static long given(int w, long a, long b, long r, long fc) {
        return carriesOf((int) r);
    }

    public static long givenResult(int w, long a, long b, long r, long fr) {
        return resultOf((int) r);
    }

    /** OF and AF of {@code made}, CF of {@code old}. */
    private static long keepCarry(long made, long old) {
        long overflow = (made ^ (made << 1)) & CARRY;
        long carry = old & CARRY;
        return carry | ((carry ^ overflow) >>> 1) | (made & 8);
    }

    /** Carries with CF and OF as given, AF clear. */
    public static long carryOverflow(boolean carry, boolean overflow) {
        return (carry ? CARRY : 0) | (carry ^ overflow ? CARRY_IN : 0);
    }

    /** The old carries with CF and OF replaced; AF and the inversions stay. */
    public static long withCarryOverflow(long fc, boolean carry, boolean overflow) {
        return (fc & ~(CARRY | CARRY_IN)) | carryOverflow(carry, overflow);
    }

    public static boolean carry(long fc) {
        return fc < 0;
    }

    public static boolean overflow(long fc) {
        return (fc ^ (fc << 1)) < 0;
    }

    public static boolean zero(long fr) {
        return fr == 0;
    }

    public static boolean sign(long fr, long fc) {
        return (fr ^ (fc << 63)) < 0;
    }

    public static boolean parity(long fr, long fc) {
        int folded = (int) fr ^ ((int) fr >>> 4 & 0xf);
        return ((0x9669 >>> (folded & 0xf) & 1) ^ ((int) fc >>> 1 & 1)) != 0;
    }

    public static boolean adjust(long fc) {
        return (fc & 8) != 0;
    }

    /** The condition that the low four bits of a Jcc opcode encode (Intel SDM vol. 2, appendix B.1.4.7). */
    public static boolean condition(int cc, long fr, long fc) {
        boolean value = switch (cc >> 1) {
            case 0 -> overflow(fc);
            case 1 -> carry(fc);
            case 2 -> zero(fr);
            case 3 -> carry(fc) || zero(fr);
            case 4 -> sign(fr, fc);
            case 5 -> parity(fr, fc);
            case 6 -> sign(fr, fc) != overflow(fc);
            default -> zero(fr) || sign(fr, fc) != overflow(fc);
        };
        return value ^ (cc & 1) != 0;
    }

    /** The arithmetic flags as bits of EFLAGS. */
    public static int eflags(long fr, long fc) {
        return (carry(fc) ? CF : 0)
                | (parity(fr, fc) ? PF : 0)
                | (adjust(fc) ? AF : 0)
                | (zero(fr) ? ZF : 0)
                | (sign(fr, fc) ? SF : 0)
                | (overflow(fc) ? OF : 0);
    }

    /** A result word for these EFLAGS bits; goes with {@link #carriesOf}. */
    public static long resultOf(int eflags) {
        return (eflags & ZF) != 0 ? 0 : 1;
    }

    /** A carry word for these EFLAGS bits; goes with {@link #resultOf}. */
    public static long carriesOf(int eflags) {
        boolean parityOfResult = (eflags & ZF) != 0;
        return carryOverflow((eflags & CF) != 0, (eflags & OF) != 0)
                | ((eflags & AF) != 0 ? 8 : 0)
                | ((eflags & PF) != 0 == parityOfResult ? 0 : 2)
                | ((eflags & SF) != 0 ? 1 : 0);
    }
}
