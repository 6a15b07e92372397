package dev.ringscope.trace.export.parquet;

import java.io.ByteArrayOutputStream;

/** Numbers of a few bits each, the lowest bits first. */
final class BitPacking {
    private final ByteArrayOutputStream out;
    private int bits;
    private int count;

    BitPacking(ByteArrayOutputStream out) {
        this.out = out;
    }

    /** @param width bits of the value: 0 to 64 */
    void put(long value, int width) {
        long left = value;
        for (int n = width; n > 0; ) {
            int taken = Math.min(n, Byte.SIZE - count);
            bits |= (int) (left & (1 << taken) - 1) << count;
            left >>>= taken;
            n -= taken;
            count += taken;
            if (count == Byte.SIZE) {
                out.write(bits);
                bits = 0;
                count = 0;
            }
        }
    }

    /** How many bits a number needs. */
    static int width(long value) {
        return Long.SIZE - Long.numberOfLeadingZeros(value);
    }
}
