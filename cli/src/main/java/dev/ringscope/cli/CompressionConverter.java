package dev.ringscope.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code zstd} or {@code none}. */
final class CompressionConverter implements ITypeConverter<Compression> {
    @Override
    public Compression convert(String text) {
        try {
            return Compression.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("expected zstd or none, found \"" + text + "\"");
        }
    }
}
