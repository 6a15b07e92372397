package dev.ringscope.gdbstub.packet;

import java.util.Arrays;

/**
 * A payload to and from the bytes between {@code $} and {@code #}: GDB manual, "Overview" (escapes) and "Run-length
 * encoding".
 *
 * <p>Grammar: <code>}</code> and a byte stand for that byte xor 0x20; {@code *} and a byte c stand for c - 29 more
 * copies of the byte before. We escape whatever has a meaning, and code runs of other bytes: much of a guest's memory
 * is zeros, and a client takes longer to read a digit than we to write it.
 */
public final class PacketCodec {
    private static final int ESCAPE_XOR = 0x20;
    private static final int RUN_BIAS = 29;
    private static final int LEAST_RUN = 32;
    private static final int GREATEST_RUN = 126;
    private static final int LONGEST = GREATEST_RUN - RUN_BIAS + 1;

    private PacketCodec() {}

    /** The whole packet: {@code $payload#checksum}. */
    public static byte[] frame(byte[] payload) {
        return frame('$', payload);
    }

    /** A notification, which answers nothing and is not acknowledged: {@code %payload#checksum}. */
    public static byte[] notification(byte[] payload) {
        return frame('%', payload);
    }

    private static byte[] frame(char first, byte[] payload) {
        byte[] out = new byte[2 * payload.length + 4];
        int n = 0;
        out[n++] = (byte) first;
        for (int i = 0; i < payload.length; ) {
            byte b = payload[i];
            if (b == '$' || b == '#' || b == '}' || b == '*') {
                out[n++] = '}';
                out[n++] = (byte) (b ^ ESCAPE_XOR);
                i++;
                continue;
            }
            int same = 1;
            while (same < LONGEST && i + same < payload.length && payload[i + same] == b) {
                same++;
            }
            i += same;
            n = run(out, n, b, same);
        }
        int sum = 0;
        for (int i = 1; i < n; i++) {
            sum += out[i];
        }
        out[n++] = '#';
        out[n++] = (byte) Character.forDigit(sum >> 4 & 0xf, 16);
        out[n++] = (byte) Character.forDigit(sum & 0xf, 16);
        return Arrays.copyOf(out, n);
    }

    private static int run(byte[] out, int n, byte b, int same) {
        int left = same - 1;
        out[n++] = b;
        if (left >= LEAST_RUN - RUN_BIAS) {
            // 6 and 7 would be the characters # and $.
            int run = left == '#' - RUN_BIAS || left == '$' - RUN_BIAS ? '"' - RUN_BIAS : left;
            out[n++] = '*';
            out[n++] = (byte) (run + RUN_BIAS);
            left -= run;
        }
        while (left-- > 0) {
            out[n++] = b;
        }
        return n;
    }

    /**
     * Undoes escapes and run-length coding.
     *
     * @param limit the longest result
     * @throws MalformedPacketException if an escape or a run is cut short or out of range
     */
    static byte[] decode(byte[] raw, int length, int limit) {
        byte[] out = new byte[length];
        int n = 0;
        for (int i = 0; i < length; i++) {
            byte b = raw[i];
            if (b == '*') {
                int run = runLength(raw, ++i, length, n);
                if (n + run > limit) {
                    throw new MalformedPacketException("packet longer than " + limit + " bytes once runs are expanded");
                }
                if (n + run > out.length) {
                    out = Arrays.copyOf(out, Math.min(limit, Math.max(2 * out.length, n + run)));
                }
                Arrays.fill(out, n, n + run, out[n - 1]);
                n += run;
                continue;
            }
            if (b == '}') {
                if (++i == length) {
                    throw new MalformedPacketException("packet ends at offset " + i + ": expected a byte after '}'");
                }
                b = (byte) (raw[i] ^ ESCAPE_XOR);
            }
            if (n == limit) {
                throw new MalformedPacketException("packet longer than " + limit + " bytes once runs are expanded");
            }
            if (n == out.length) {
                out = Arrays.copyOf(out, Math.min(limit, 2 * n));
            }
            out[n++] = b;
        }
        return Arrays.copyOf(out, n);
    }

    private static int runLength(byte[] raw, int i, int length, int decoded) {
        int run = i < length ? raw[i] & 0xff : 0;
        if (decoded == 0 || run < LEAST_RUN || run > GREATEST_RUN) {
            throw new MalformedPacketException("packet offset " + i + ": expected a run length from " + LEAST_RUN
                    + " to " + GREATEST_RUN + " behind a byte to repeat");
        }
        return run - RUN_BIAS;
    }
}
