package dev.ringscope.trace.export.parquet;

import java.io.ByteArrayOutputStream;

/** Small numbers as runs of equal ones, and groups of eight packed ones: Parquet's RLE / bit-packing hybrid. */
final class RunLengths {
    private static final int GROUP = 8;

    private RunLengths() {}

    /** @param width bits of each value: 1 to 32 */
    static void write(ByteArrayOutputStream out, int[] values, int count, int width) {
        int at = 0;
        while (at < count) {
            int run = run(values, at, count);
            if (run >= GROUP || at + run == count) {
                Varints.write(out, (long) run << 1);
                for (int n = 0; n < width; n += Byte.SIZE) {
                    out.write(values[at] >>> n);
                }
                at += run;
            } else {
                at = pack(out, values, at, count, width);
            }
        }
    }

    private static int run(int[] values, int from, int count) {
        int end = from + 1;
        while (end < count && values[end] == values[from]) {
            end++;
        }
        return end - from;
    }

    /** Up to where the next run begins; the last group is filled up with zeros. */
    private static int pack(ByteArrayOutputStream out, int[] values, int from, int count, int width) {
        int end = from;
        do {
            end = Math.min(count, end + GROUP);
        } while (end < count && run(values, end, Math.min(count, end + GROUP)) < GROUP);
        int groups = (end - from + GROUP - 1) / GROUP;
        Varints.write(out, (long) groups << 1 | 1);
        BitPacking packed = new BitPacking(out);
        for (int i = from; i < from + groups * GROUP; i++) {
            packed.put(i < end ? values[i] : 0, width);
        }
        return end;
    }
}
