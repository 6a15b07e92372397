package dev.ringscope.trace.format;

/**
 * The CRC-32C of bytes whose pieces were summed each on its own. A CRC is a remainder of polynomials over GF(2), so
 * putting n bytes behind some others multiplies theirs by x^8n modulo the generator; the rest is a sum. As in zlib's
 * {@code crc32_combine}, the inversions at both ends cancel.
 */
public final class Crc32cJoin {
    /** The generator without x^32; bit 31 is x^0. */
    private static final int GENERATOR = 0x82f6_3b78;

    private static final int ONE = 0x8000_0000;

    private int crc;
    /** The latest length, and x^8n for it: most pieces are equally long. */
    private int length;

    private int factor = ONE;

    /** Puts a piece behind those so far. @param bytes how long it is */
    public void add(int pieceCrc, int bytes) {
        if (bytes != length) {
            length = bytes;
            factor = power(bytes);
        }
        crc = times(crc, factor) ^ pieceCrc;
    }

    /** Of all pieces, one behind the other. */
    public int value() {
        return crc;
    }

    /** x^8n. */
    private static int power(int bytes) {
        int result = ONE;
        int square = ONE >>> 8;
        for (int n = bytes; n != 0; n >>>= 1) {
            if ((n & 1) != 0) {
                result = times(result, square);
            }
            square = times(square, square);
        }
        return result;
    }

    private static int times(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = 31; bit >= 0; bit--) {
            product ^= (a >>> bit & 1) != 0 ? shifted : 0;
            shifted = shifted >>> 1 ^ ((shifted & 1) != 0 ? GENERATOR : 0);
        }
        return product;
    }
}
