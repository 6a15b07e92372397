package dev.ringscope.cli;

import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Range;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What all questions to a trace have in common. */
final class QueryOptions extends PlaceOptions {
    @Option(names = "--count", paramLabel = "N", description = "At most so many answers (default: all).")
    Long count;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    Range range(TraceReader trace) {
        if (count != null && count <= 0) {
            throw usage("--count takes a number above 0, found " + count);
        }
        return new Range(position(trace), count == null ? 0 : count);
    }

    /** {@code intel} or {@code att}. */
    static final class SyntaxConverter implements ITypeConverter<Syntax> {
        @Override
        public Syntax convert(String text) {
            try {
                return Syntax.valueOf(text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("expected intel or att, found \"" + text + "\"");
            }
        }
    }
}
