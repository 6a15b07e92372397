package dev.ringscope.gdbstub.packet;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes and text as hexadecimal digits, lower case. */
public final class Hex {
    private static final HexFormat FORMAT = HexFormat.of();

    private Hex() {}

    public static String of(byte[] bytes) {
        return FORMAT.formatHex(bytes);
    }

    public static String of(byte[] bytes, int offset, int length) {
        return FORMAT.formatHex(bytes, offset, offset + length);
    }

    /** UTF-8. */
    public static String of(String text) {
        return FORMAT.formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A number with no leading zeros. */
    public static String of(long value) {
        return Long.toHexString(value);
    }

    /** The value of a digit, or -1 if it is none. */
    static int digit(int c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
