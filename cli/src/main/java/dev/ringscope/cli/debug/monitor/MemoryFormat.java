package dev.ringscope.cli.debug.monitor;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.View;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code /FMT} of QEMU's {@code x} and {@code xp}: a count, a format (x, d, u, o, c, i) and a size (b, h, w, g), in any
 * order behind the count. Lines are laid out as QEMU's are, so that scripts can read them.
 *
 * @param size bytes of an element: 1, 2, 4, 8
 */
record MemoryFormat(int count, char format, int size) {
    private static final int MOST = 1 << 16;

    /** @param text for example {@code /4xg} */
    static MemoryFormat parse(String text) throws RefusedException {
        String rest = text.substring(1);
        int digits = 0;
        while (digits < rest.length() && Character.isDigit(rest.charAt(digits))) {
            digits++;
        }
        if (digits > 5) {
            throw wrong(text);
        }
        int count = digits == 0 ? 1 : Integer.parseInt(rest.substring(0, digits));
        char format = 'x';
        int size = 4;
        for (char c : rest.substring(digits).toCharArray()) {
            switch (c) {
                case 'x', 'd', 'u', 'o', 'c', 'i' -> format = c;
                case 'b' -> size = 1;
                case 'h' -> size = 2;
                case 'w' -> size = 4;
                case 'g' -> size = 8;
                default -> throw wrong(text);
            }
        }
        if (count < 1 || count > MOST) {
            throw wrong(text);
        }
        return new MemoryFormat(count, format, format == 'c' ? 1 : size);
    }

    private static RefusedException wrong(String text) {
        return new RefusedException("expected a format like /4xg: a count up to " + MOST
                + ", one of x d u o c i, and one of b h w g; found \"" + text + "\"");
    }

    /** Whether code is wanted, rather than numbers. */
    boolean code() {
        return format == 'i';
    }

    /** The elements from an address on. */
    String dump(View memory, long address) {
        int perLine = size == 1 ? 8 : 16 / size;
        StringBuilder text = new StringBuilder();
        for (int done = 0; done < count; done += perLine) {
            int elements = Math.min(perLine, count - done);
            byte[] bytes = new byte[elements * size];
            long at = address + (long) done * size;
            text.append("%016x:".formatted(at));
            if (memory.read(at, bytes) < bytes.length) {
                return text.append(" Cannot access memory\n").toString();
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < elements; i++) {
                text.append(' ').append(element(buffer));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private String element(ByteBuffer in) {
        long value = switch (size) {
            case 1 -> in.get();
            case 2 -> in.getShort();
            case 4 -> in.getInt();
            default -> in.getLong();
        };
        int bits = 8 * size;
        long unsigned = bits == 64 ? value : value & (1L << bits) - 1;
        return switch (format) {
            case 'x' -> ("0x%0" + bits / 4 + "x").formatted(unsigned);
            case 'o' -> ("%#0" + (bits + 5) / 3 + "o").formatted(unsigned);
            case 'c' -> character((int) unsigned);
            default -> {
                String digits = format == 'u' ? Long.toUnsignedString(unsigned) : Long.toString(value);
                yield ("%" + (bits * 10 + 32) / 33 + "s").formatted(digits);
            }
        };
    }

    /** A single value, as {@code print/FMT} shows it. */
    static String single(char format, long value) {
        return switch (format) {
            case 'x' -> "0x%x".formatted(value);
            case 'o' -> "0%o".formatted(value);
            case 'u' -> Long.toUnsignedString(value);
            case 'c' -> character((int) value & 0xff);
            default -> Long.toString(value);
        };
    }

    private static String character(int c) {
        String inside = switch (c) {
            case '\'' -> "\\'";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> c >= 32 && c <= 126 ? Character.toString(c) : "\\x%02x".formatted(c);
        };
        return "'" + inside + "'";
    }
}
