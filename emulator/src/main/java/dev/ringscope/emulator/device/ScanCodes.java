package dev.ringscope.emulator.device;

/**
 * Scan codes of the PS/2 keyboard (IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-key)"). A
 * key is known by its make code of set 1, plus {@link #EXTENDED} for those behind the prefix E0.
 */
final class ScanCodes {
    static final int EXTENDED = 0x100;
    static final int LEFT_SHIFT = 0x2a;
    static final int LEFT_CTRL = 0x1d;

    /** Set 1 code of each set 2 code 0..0x7f: what the 8042 makes of it. */
    private static final int[] FROM_SET_2 = {
        0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
        0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
        0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
        0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
        0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
        0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
        0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
        0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54
    };

    /** Characters by rows of a US keyboard from the given code on, unshifted and shifted. */
    private record Row(int first, String plain, String shifted) {}

    private static final Row[] ROWS = {
        new Row(0x02, "1234567890-=", "!@#$%^&*()_+"),
        new Row(0x10, "qwertyuiop[]", "QWERTYUIOP{}"),
        new Row(0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
        new Row(0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
        new Row(0x39, " ", " "),
        new Row(0x1c, "\n", "\n"),
        new Row(0x0f, "\t", "\t"),
        new Row(0x0e, "\b", "\b"),
        new Row(0x01, "\u001b", "\u001b"),
    };

    private ScanCodes() {}

    /** What the controller makes of a byte from the keyboard when it translates. */
    static int translate(int set2) {
        return switch (set2) {
            case 0x83 -> 0x41; // F7
            case 0x84 -> 0x54; // SysRq
            default -> set2 < 0x80 ? FROM_SET_2[set2] : set2;
        };
    }

    /** The set 2 make code of a key. */
    static int set2(int key) {
        int code = key & 0x7f;
        if (code == 0x41) {
            return 0x83;
        }
        for (int i = 0; i < FROM_SET_2.length; i++) {
            if (FROM_SET_2[i] == code) {
                return i;
            }
        }
        throw new IllegalArgumentException("no key has scan code 0x%x".formatted(code));
    }

    /**
     * The key that types a character on a US keyboard, and whether SHIFT is held: the key's code, negated with SHIFT.
     *
     * @throws IllegalArgumentException if no key does
     */
    static int keyFor(char c) {
        for (Row row : ROWS) {
            int plain = row.plain.indexOf(c);
            if (plain >= 0) {
                return row.first + plain;
            }
            int shifted = row.shifted.indexOf(c);
            if (shifted >= 0) {
                return -(row.first + shifted);
            }
        }
        throw new IllegalArgumentException("no key of a US keyboard types U+%04X".formatted((int) c));
    }
}
