package dev.ringscope.gdbstub.packet;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the fields of one packet's payload from left to right. Whatever is not as asked for is a
 * {@link MalformedPacketException} that names the offset.
 */
public final class PacketScanner {
    private static final int SHOWN = 32;

    private final byte[] payload;
    private int position;

    public PacketScanner(byte[] payload, int position) {
        this.payload = payload;
        this.position = position;
    }

    public boolean atEnd() {
        return position == payload.length;
    }

    public void end() {
        if (!atEnd()) {
            throw expected("the end");
        }
    }

    /** Whether the next byte is {@code c}; nothing is consumed. */
    public boolean ahead(char c) {
        return !atEnd() && payload[position] == c;
    }

    /** Consumes {@code c} if it comes next. */
    public boolean skip(char c) {
        if (!ahead(c)) {
            return false;
        }
        position++;
        return true;
    }

    /** Consumes {@code text} if it comes next. */
    public boolean skip(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int end = position + bytes.length;
        if (end > payload.length || !Arrays.equals(payload, position, end, bytes, 0, bytes.length)) {
            return false;
        }
        position = end;
        return true;
    }

    public PacketScanner expect(char c) {
        if (!skip(c)) {
            throw expected("'" + c + "'");
        }
        return this;
    }

    /** 1 to 16 hexadecimal digits (more if the first ones are zeros), as an unsigned 64-bit number. */
    public long hex64() {
        int start = position;
        long value = 0;
        for (int digit; !atEnd() && (digit = Hex.digit(payload[position])) >= 0; position++) {
            if (value >>> 60 != 0) {
                throw expected("a number of at most 64 bits");
            }
            value = value << 4 | digit;
        }
        if (position == start) {
            throw expected("a hexadecimal number");
        }
        return value;
    }

    /** A hexadecimal number between 0 and {@code max}. */
    public int hex(int max) {
        int start = position;
        long value = hex64();
        if (value < 0 || value > max) {
            position = start;
            throw expected("a number up to 0x" + Integer.toHexString(max));
        }
        return (int) value;
    }

    /** A hexadecimal length; anything above {@code limit} counts as {@code limit}. */
    public int lengthUpTo(int limit) {
        long value = hex64();
        return value < 0 || value > limit ? limit : (int) value;
    }

    /** Pairs of digits up to the first byte that is not a digit. */
    public byte[] hexBytes() {
        int end = position;
        while (end < payload.length && Hex.digit(payload[end]) >= 0) {
            end++;
        }
        if ((end - position) % 2 != 0) {
            position = end;
            throw expected("another hexadecimal digit");
        }
        byte[] bytes = new byte[(end - position) / 2];
        for (int i = 0; i < bytes.length; i++, position += 2) {
            bytes[i] = (byte) (Hex.digit(payload[position]) << 4 | Hex.digit(payload[position + 1]));
        }
        return bytes;
    }

    /** Exactly {@code count} bytes in hexadecimal. */
    public byte[] hexBytes(int count) {
        if ((payload.length - position) / 2 < count) {
            throw expected(count + " bytes in hexadecimal");
        }
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++, position += 2) {
            int high = Hex.digit(payload[position]);
            int low = Hex.digit(payload[position + 1]);
            if (high < 0 || low < 0) {
                throw expected("two hexadecimal digits");
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }

    /** UTF-8 text in hexadecimal. */
    public String hexText() {
        return new String(hexBytes(), StandardCharsets.UTF_8);
    }

    /** The text up to the next {@code c} or the end; {@code c} itself is not consumed. */
    public String until(char c) {
        int start = position;
        while (!atEnd() && payload[position] != c) {
            position++;
        }
        return new String(payload, start, position - start, StandardCharsets.ISO_8859_1);
    }

    /** All remaining bytes. */
    public byte[] rest() {
        byte[] bytes = Arrays.copyOfRange(payload, position, payload.length);
        position = payload.length;
        return bytes;
    }

    /** The next {@code count} bytes as they are. */
    public byte[] bytes(int count) {
        if (payload.length - position < count) {
            throw expected(count + " bytes");
        }
        position += count;
        return Arrays.copyOfRange(payload, position - count, position);
    }

    /** What to throw when something else than {@code what} comes next. */
    public MalformedPacketException expected(String what) {
        String start = new String(payload, 0, Math.min(SHOWN, payload.length), StandardCharsets.ISO_8859_1);
        StringBuilder shown = new StringBuilder();
        start.chars().forEach(c -> shown.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
        return new MalformedPacketException("packet '" + shown + (payload.length > SHOWN ? "...'" : "'") + ": expected "
                + what + " at offset " + position);
    }
}
