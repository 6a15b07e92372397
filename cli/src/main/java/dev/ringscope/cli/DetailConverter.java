package dev.ringscope.cli;

import dev.ringscope.trace.Detail;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code flow}, {@code memory} or {@code full}. */
final class DetailConverter implements ITypeConverter<Detail> {
    @Override
    public Detail convert(String text) {
        try {
            return Detail.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("expected flow, memory or full, found \"" + text + "\"");
        }
    }
}
