package dev.ringscope.trace.export.parquet;

import java.io.ByteArrayOutputStream;

/** Numbers by their differences: Parquet's DELTA_BINARY_PACKED, in blocks of four times 32. */
final class Deltas {
    private static final int BLOCK = 128;
    private static final int MINIBLOCKS = 4;
    private static final int MINIBLOCK = BLOCK / MINIBLOCKS;

    private Deltas() {}

    static void write(ByteArrayOutputStream out, long[] values, int count) {
        Varints.write(out, BLOCK);
        Varints.write(out, MINIBLOCKS);
        Varints.write(out, count);
        zigzag(out, count == 0 ? 0 : values[0]);
        long[] deltas = new long[BLOCK];
        for (int from = 1; from < count; from += BLOCK) {
            int length = Math.min(BLOCK, count - from);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < length; i++) {
                deltas[i] = values[from + i] - values[from + i - 1];
                least = Math.min(least, deltas[i]);
            }
            block(out, deltas, length, least);
        }
    }

    private static void block(ByteArrayOutputStream out, long[] deltas, int length, long least) {
        zigzag(out, least);
        int[] widths = new int[MINIBLOCKS];
        for (int i = 0; i < length; i++) {
            widths[i / MINIBLOCK] = Math.max(widths[i / MINIBLOCK], BitPacking.width(deltas[i] - least));
        }
        for (int width : widths) {
            out.write(width);
        }
        BitPacking packed = new BitPacking(out);
        for (int i = 0; i < BLOCK && i / MINIBLOCK * MINIBLOCK < length; i++) {
            packed.put(i < length ? deltas[i] - least : 0, widths[i / MINIBLOCK]);
        }
    }

    private static void zigzag(ByteArrayOutputStream out, long value) {
        Varints.write(out, value << 1 ^ value >> 63);
    }
}
