package dev.ringscope.emulator.x86;

import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Arithmetic on the lanes of 64 bits, all at once: a lane's top bit is kept out of the sum so that no carry leaves the
 * lane (Knuth, TAOCP vol. 4A, 7.1.3). {@code w} is the width of a lane in bits: 8, 16 or 32. A mask has all bits of a
 * lane set, or none.
 */
final class Lanes {
    private Lanes() {}

    /** The top bit of every lane. */
    static long tops(int w) {
        return switch (w) {
            case 8 -> 0x8080_8080_8080_8080L;
            case 16 -> 0x8000_8000_8000_8000L;
            default -> 0x8000_0000_8000_0000L;
        };
    }

    /** The mask of the lanes whose top bit is set in {@code tops}, which has no other bits. */
    static long spread(int w, long tops) {
        return (tops << 1) - (tops >>> w - 1);
    }

    /** a where the mask is set, else b. */
    static long select(long mask, long a, long b) {
        return a & mask | b & ~mask;
    }

    static long add(int w, long a, long b) {
        long tops = tops(w);
        return (a & ~tops) + (b & ~tops) ^ (a ^ b) & tops;
    }

    static long subtract(int w, long a, long b) {
        long tops = tops(w);
        return (a | tops) - (b & ~tops) ^ (a ^ ~b) & tops;
    }

    static long equal(int w, long a, long b) {
        long tops = tops(w);
        long difference = a ^ b;
        return spread(w, ~((difference & ~tops) + ~tops | difference) & tops);
    }

    /** a &gt;= b, unsigned. */
    static long atLeast(int w, long a, long b) {
        long tops = tops(w);
        long below = (a | tops) - (b & ~tops);
        return spread(w, (a & ~b | ~(a ^ b) & below) & tops);
    }

    /** a &gt; b, signed. */
    static long greater(int w, long a, long b) {
        return ~atLeast(w, b ^ tops(w), a ^ tops(w));
    }

    /** Applies an operation on integers to sign-extended bytes. */
    static long bytes(long a, long b, IntBinaryOperator operation) {
        long result = 0;
        for (int n = 0; n < 64; n += 8) {
            result |= (operation.applyAsInt((byte) (a >> n), (byte) (b >> n)) & 0xffL) << n;
        }
        return result;
    }

    /** Applies an operation on integers to sign-extended words. */
    static long words(long a, long b, IntBinaryOperator operation) {
        long result = 0;
        for (int n = 0; n < 64; n += 16) {
            result |= (operation.applyAsInt((short) (a >> n), (short) (b >> n)) & 0xffffL) << n;
        }
        return result;
    }

    /** Applies an operation on integers to doublewords. */
    static long dwords(long a, long b, IntBinaryOperator operation) {
        return operation.applyAsInt((int) a, (int) b) & 0xffff_ffffL
                | (long) operation.applyAsInt((int) (a >> 32), (int) (b >> 32)) << 32;
    }

    /** Applies an operation on zero-extended doublewords whose result has 32 bits: single-precision arithmetic. */
    static long singles(long a, long b, LongBinaryOperator operation) {
        return operation.applyAsLong(a & 0xffff_ffffL, b & 0xffff_ffffL) & 0xffff_ffffL
                | operation.applyAsLong(a >>> 32, b >>> 32) << 32;
    }

    static long singles(long a, LongUnaryOperator operation) {
        return operation.applyAsLong(a & 0xffff_ffffL) & 0xffff_ffffL | operation.applyAsLong(a >>> 32) << 32;
    }

    static int saturateWord(int value) {
        return Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
    }
}
