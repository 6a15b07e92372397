package dev.ringscope.trace;

import java.util.Locale;

/** Positions as people write them. A position is the number of instructions retired since power-on. */
public final class Position {
    private Position() {}

    /**
     * A number (with {@code _} or {@code ,} between digits, or k, M, G behind it: powers of 1000; or with {@code 0x} in
     * front: hexadecimal), {@code start}, {@code end}, or a percentage of the trace.
     *
     * @param end position of the trace's end
     * @throws IllegalArgumentException with a text that says what is understood
     */
    public static long parse(String text, long end) {
        String plain = text.replace("_", "").replace(",", "").strip();
        try {
            return switch (plain) {
                case "start" -> 0;
                case "end" -> end;
                default -> plain.endsWith("%") ? percent(plain, end) : number(plain);
            };
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    ("\"%s\" is no position: expected a number like 1500000, 1_500_000, 1500k or 0x16e360,"
                                    + " start, end, or 50%%")
                            .formatted(text),
                    e);
        }
    }

    /**
     * The same, or with {@code +} or {@code -} in front so many instructions before or behind a position.
     *
     * @param here what is meant by no distance
     * @param end position of the trace's end
     * @return may lie in front of 0 or behind the end
     * @throws IllegalArgumentException with a text that says what is understood
     */
    public static long parse(String text, long here, long end) {
        String plain = text.strip();
        if (!plain.startsWith("+") && !plain.startsWith("-")) {
            return parse(plain, end);
        }
        try {
            long distance = number(plain.substring(1).replace("_", "").replace(",", ""));
            return plain.startsWith("+") ? Math.addExact(here, distance) : here - distance;
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is no distance: expected a number like +1000, -0x400 or +5M".formatted(text), e);
        }
    }

    private static long percent(String text, long end) {
        double percent = Double.parseDouble(text.substring(0, text.length() - 1));
        if (!(percent >= 0 && percent <= 100)) {
            throw new NumberFormatException(text);
        }
        return (long) (end * (percent / 100));
    }

    private static long number(String text) {
        if (text.startsWith("0x")) {
            return digits(text.substring(2), 16);
        }
        int last = text.isEmpty() ? -1 : "kMG".indexOf(text.charAt(text.length() - 1));
        long unit = last < 0 ? 1 : (long) Math.pow(1000, last + 1);
        return Math.multiplyExact(digits(last < 0 ? text : text.substring(0, text.length() - 1), 10), unit);
    }

    /** Digits alone: no sign. */
    private static long digits(String text, int radix) {
        if (text.startsWith("-") || text.startsWith("+")) {
            throw new NumberFormatException(text);
        }
        return Long.parseLong(text, radix);
    }

    /** With a comma every three digits. */
    public static String format(long position) {
        return String.format(Locale.ROOT, "%,d", position);
    }
}
