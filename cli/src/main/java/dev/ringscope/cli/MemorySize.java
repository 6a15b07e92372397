package dev.ringscope.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code --memory}: a number of bytes, or of K, M or G; whole pages, from 1 MiB to 2032 MiB. */
public record MemorySize(long bytes) {
    /** What a machine has unless told otherwise. */
    static final MemorySize USUAL = new MemorySize(256L << 20);

    private static final long SMALLEST = 1L << 20;
    private static final long LARGEST = 2032L << 20;
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})([KMG]?)", Pattern.CASE_INSENSITIVE);

    /** In the largest unit that gives a whole number. */
    @Override
    public String toString() {
        int shift = bytes % (1L << 30) == 0 ? 30 : bytes % (1L << 20) == 0 ? 20 : 10;
        return (bytes >> shift)
                + switch (shift) {
                    case 30 -> "G";
                    case 20 -> "M";
                    default -> "K";
                };
    }

    static final class Converter implements ITypeConverter<MemorySize> {
        @Override
        public MemorySize convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("expected a size like 256M, found \"" + text + "\"");
            }
            int shift = switch (matcher.group(2).toUpperCase()) {
                case "K" -> 10;
                case "M" -> 20;
                case "G" -> 30;
                default -> 0;
            };
            long bytes = Long.parseLong(matcher.group(1)) << shift;
            if (bytes < SMALLEST || bytes > LARGEST || bytes % 4096 != 0) {
                throw new TypeConversionException(
                        "expected whole pages of 4096 bytes from 1M to 2032M, found \"" + text + "\"");
            }
            return new MemorySize(bytes);
        }
    }
}
