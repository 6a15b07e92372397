package dev.ringscope.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code interpreter} or {@code compiled}. */
final class TierConverter implements ITypeConverter<Tier> {
    @Override
    public Tier convert(String text) {
        try {
            return Tier.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("expected interpreter or compiled, found \"" + text + "\"");
        }
    }
}
