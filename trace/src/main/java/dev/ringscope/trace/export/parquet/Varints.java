package dev.ringscope.trace.export.parquet;

import java.io.ByteArrayOutputStream;

/** Numbers of seven bits a byte, the lowest first. */
final class Varints {
    private Varints() {}

    /** @param value without a sign */
    static void write(ByteArrayOutputStream out, long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write((int) left);
    }
}
