package dev.ringscope.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code program} or {@code machine}. */
final class GdbViewConverter implements ITypeConverter<GdbView> {
    @Override
    public GdbView convert(String text) {
        try {
            return GdbView.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("expected program or machine, found \"" + text + "\"");
        }
    }
}
