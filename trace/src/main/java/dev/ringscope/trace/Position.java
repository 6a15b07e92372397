package dev.ringscope.trace;

import java.util.Locale;

/** Positions as people write them. A position is the number of instructions retired since power-on. */
public final class Position {
    private Position() {}

    /**
     * A number (with {@code _} or {@code ,} between digits, or k, M, G behind it: powers of 1000), {@code start},
     * {@code end}, or a percentage of the trace.
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
                    "\"%s\" is no position: expected a number like 1500000, 1_500_000 or 1500k, start, end, or 50%%"
                            .formatted(text),
                    e);
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
        int last = text.isEmpty() ? -1 : "kMG".indexOf(text.charAt(text.length() - 1));
        long unit = last < 0 ? 1 : (long) Math.pow(1000, last + 1);
        long number = Long.parseLong(last < 0 ? text : text.substring(0, text.length() - 1));
        if (number < 0) {
            throw new NumberFormatException(text);
        }
        return Math.multiplyExact(number, unit);
    }

    /** With a comma every three digits. */
    public static String format(long position) {
        return String.format(Locale.ROOT, "%,d", position);
    }
}
