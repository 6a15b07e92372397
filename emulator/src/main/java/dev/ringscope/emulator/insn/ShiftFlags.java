package dev.ringscope.emulator.insn;

/**
 * Flag rules of the shifts and rotates (Intel SDM vol. 2): like those in {@link Flags}, and for each a rule for the
 * result word, because a masked count of zero changes no flag and rotates change only CF and OF. OF, defined for a
 * count of 1 only, is what the same formula gives for every count; AF, undefined, becomes 0.
 */
public final class ShiftFlags {
    private ShiftFlags() {}

    /** The count as the processor masks it: 6 bits for 8-byte operands, else 5. */
    public static int count(int w, long c) {
        return (int) c & (w == 8 ? 63 : 31);
    }

    /** The masked count of RCL and RCR, which turn 8w + 1 bits. */
    public static int countThroughCarry(int w, long c) {
        int n = count(w, c);
        return w == 1 ? n % 9 : w == 2 ? n % 17 : n;
    }

    /** The operand zero-extended from w bytes. */
    public static long unsigned(int w, long a) {
        return w == 8 ? a : a & (1L << 8 * w) - 1;
    }

    private static boolean bit(long a, int n) {
        return n >= 0 && (a >>> n & 1) != 0;
    }

    public static long shl(int w, long a, long b, long r, long fc) {
        int n = count(w, b);
        if (n == 0) {
            return fc;
        }
        boolean carry = bit(a, 8 * w - n);
        return Flags.carryOverflow(carry, carry ^ r < 0);
    }

    public static long shlResult(int w, long a, long b, long r, long fr) {
        return count(w, b) == 0 ? fr : r;
    }

    public static long shr(int w, long a, long b, long r, long fc) {
        int n = count(w, b);
        return n == 0 ? fc : Flags.carryOverflow(bit(unsigned(w, a), n - 1), a < 0);
    }

    public static long shrResult(int w, long a, long b, long r, long fr) {
        return shlResult(w, a, b, r, fr);
    }

    public static long sar(int w, long a, long b, long r, long fc) {
        int n = count(w, b);
        return n == 0 ? fc : Flags.carryOverflow(bit(a, n - 1), false);
    }

    public static long sarResult(int w, long a, long b, long r, long fr) {
        return shlResult(w, a, b, r, fr);
    }

    public static long rol(int w, long a, long b, long r, long fc) {
        if (count(w, b) == 0) {
            return fc;
        }
        boolean carry = bit(r, 0);
        return Flags.withCarryOverflow(fc, carry, carry ^ r < 0);
    }

    public static long rolResult(int w, long a, long b, long r, long fr) {
        return fr;
    }

    public static long ror(int w, long a, long b, long r, long fc) {
        if (count(w, b) == 0) {
            return fc;
        }
        return Flags.withCarryOverflow(fc, r < 0, r < 0 ^ bit(r, 8 * w - 2));
    }

    public static long rorResult(int w, long a, long b, long r, long fr) {
        return fr;
    }

    public static long rcl(int w, long a, long b, long r, long fc) {
        int n = countThroughCarry(w, b);
        if (n == 0) {
            return fc;
        }
        boolean carry = bit(a, 8 * w - n);
        return Flags.withCarryOverflow(fc, carry, carry ^ r < 0);
    }

    public static long rclResult(int w, long a, long b, long r, long fr) {
        return fr;
    }

    public static long rcr(int w, long a, long b, long r, long fc) {
        int n = countThroughCarry(w, b);
        if (n == 0) {
            return fc;
        }
        return Flags.withCarryOverflow(fc, bit(a, n - 1), r < 0 ^ bit(r, 8 * w - 2));
    }

    public static long rcrResult(int w, long a, long b, long r, long fr) {
        return fr;
    }
}
