package dev.ringscope.trace.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing byte string in protobuf's wire format (the fields of one message, or one packed column). Little-endian. */
public final class WireOutput {
    /** Bytes of the longest varint. */
    static final int LONGEST = 10;

    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;

    private byte[] bytes;
    private int count;

    public WireOutput(int capacity) {
        bytes = new byte[capacity];
    }

    public int size() {
        return count;
    }

    /** The array behind it: valid up to {@link #size} and until the next write. */
    public byte[] array() {
        return bytes;
    }

    public void clear() {
        count = 0;
    }

    public void put(int value) {
        reserve(1);
        bytes[count++] = (byte) value;
    }

    public void varint(long value) {
        reserve(LONGEST);
        count = varint(bytes, count, value);
    }

    /**
     * Writes a varint into an array that has {@link #LONGEST} bytes of room.
     *
     * @return where it ends
     */
    static int varint(byte[] to, int at, long value) {
        if ((value & ~0x7fL) == 0) {
            to[at] = (byte) value;
            return at + 1;
        }
        return anyVarint(to, at, value);
    }

    /** As {@link #varint}, where one byte is not the rule. */
    static int anyVarint(byte[] to, int at, long value) {
        if (value >>> 56 == 0) {
            return severalBytes(to, at, value);
        }
        int end = at;
        long v = value;
        while ((v & ~0x7fL) != 0) {
            to[end++] = (byte) (v | 0x80);
            v >>>= 7;
        }
        to[end++] = (byte) v;
        return end;
    }

    /** A varint of up to 8 bytes at once: how many they are is seldom foreseen. */
    private static int severalBytes(byte[] to, int at, long value) {
        long x = value & 0x0fff_ffffL | (value & 0xff_ffff_f000_0000L) << 4;
        x = x & 0x0000_3fff_0000_3fffL | (x & 0x0fff_c000_0fff_c000L) << 2;
        x = x & 0x007f_007f_007f_007fL | (x & 0x3f80_3f80_3f80_3f80L) << 1;
        int length = (63 - Long.numberOfLeadingZeros(value)) * 9 + 73 >>> 6;
        Bytes.LONG.set(to, at, x | 0x8080_8080_8080_8080L & (1L << 8 * (length - 1)) - 1);
        return at + length;
    }

    /** The array behind it, which has room for so many bytes from {@link #size} on; then {@link #filled}. */
    byte[] room(int more) {
        reserve(more);
        return bytes;
    }

    /** What lies in the array up to there belongs to it now. */
    void filled(int newSize) {
        count = newSize;
    }

    public void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    public void fixed16(int value) {
        reserve(2);
        Bytes.SHORT.set(bytes, count, (short) value);
        count += 2;
    }

    public void fixed32(int value) {
        reserve(4);
        Bytes.INT.set(bytes, count, value);
        count += 4;
    }

    public void fixed64(long value) {
        reserve(8);
        Bytes.LONG.set(bytes, count, value);
        count += 8;
    }

    public void bytes(byte[] from, int at, int length) {
        reserve(length);
        System.arraycopy(from, at, bytes, count, length);
        count += length;
    }

    /** Little-endian words, as a packed fixed32 column is. */
    public void words(int[] values, int at, int length) {
        reserve(4 * length);
        Bytes.copy(values, at, length, bytes, count);
        count += 4 * length;
    }

    /** A field of bytes; nothing if there are none. */
    void column(int field, byte[] values, int length) {
        if (length > 0) {
            varint((long) field << 3 | LENGTH_DELIMITED);
            varint(length);
            bytes(values, 0, length);
        }
    }

    /** A field of little-endian words; nothing if there are none. */
    void column(int field, int[] values, int length) {
        if (length > 0) {
            varint((long) field << 3 | LENGTH_DELIMITED);
            varint(4L * length);
            words(values, 0, length);
        }
    }

    /** A field of length-delimited type; nothing if it is empty, as proto3 has it. */
    public void column(int field, WireOutput content) {
        if (content.count > 0) {
            varint((long) field << 3 | LENGTH_DELIMITED);
            varint(content.count);
            bytes(content.bytes, 0, content.count);
        }
    }

    /**
     * Begins a field that is a message, even if it stays empty: what is written up to {@link #close} is its content.
     *
     * @return for {@link #close}
     */
    int open(int field) {
        varint((long) field << 3 | LENGTH_DELIMITED);
        put(0);
        return count;
    }

    /** @param start what {@link #open} returned */
    void close(int start) {
        int length = count - start;
        if (length < 0x80) {
            bytes[start - 1] = (byte) length;
            return;
        }
        int more = (31 - Integer.numberOfLeadingZeros(length)) / 7; // bytes of the length beyond the one kept for it
        reserve(more);
        System.arraycopy(bytes, start, bytes, start + more, length);
        count = start + more + length;
        for (int i = 0; i <= more; i++) { // not by varint, which writes beyond its end
            bytes[start - 1 + i] = (byte) (length >>> 7 * i & 0x7f | (i < more ? 0x80 : 0));
        }
    }

    /** A varint field; nothing if it is 0. */
    void number(int field, long value) {
        if (value != 0) {
            presentNumber(field, value);
        }
    }

    /** A varint field that has presence: written also if it is 0. */
    void presentNumber(int field, long value) {
        varint((long) field << 3);
        varint(value);
    }

    /** A bool field; nothing if it is false. */
    void flag(int field, boolean value) {
        number(field, value ? 1 : 0);
    }

    /** A fixed64 field; nothing if it is 0. */
    void fixed64(int field, long value) {
        if (value != 0) {
            presentFixed64(field, value);
        }
    }

    /** A fixed64 field that has presence: written also if it is 0. */
    void presentFixed64(int field, long value) {
        varint((long) field << 3 | FIXED64);
        fixed64(value);
    }

    /** A bytes field; nothing if it is empty. */
    void string(int field, byte[] value) {
        if (value.length > 0) {
            varint((long) field << 3 | LENGTH_DELIMITED);
            varint(value.length);
            bytes(value, 0, value.length);
        }
    }

    /** A string field; nothing if it is empty. */
    void text(int field, String value) {
        int length = value.length();
        if (length == 0) {
            return;
        }
        int start = open(field);
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                count = start;
                byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
                bytes(utf8, 0, utf8.length);
                break;
            }
            bytes[count++] = (byte) c;
        }
        close(start);
    }

    private void reserve(int more) {
        if (bytes.length - count < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(count, more), (int)
                    Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
    }
}
