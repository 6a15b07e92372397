package dev.ringscope.cli;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.AddressRanges;
import dev.ringscope.trace.query.AddressRanges.Span;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.symbols.Symbols;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What narrows down the answers of a list. An option given more than once takes any of its values. */
final class FilterOptions {
    private static final int VECTORS = 256;
    private static final int RINGS = 4;

    @Option(
            names = "--to",
            paramLabel = "N",
            description = "End in front of this position, like --from (default: behind the end).")
    private String to;

    @Option(names = "--ring", paramLabel = "0..3", description = "Only in this ring. May be repeated.")
    private List<Integer> rings = List.of();

    @Option(names = "--cr3", paramLabel = "ROOT", description = "Only in this address space. May be repeated.")
    private List<String> roots = List.of();

    @Option(names = "--processor", paramLabel = "N", description = "Only on this processor, from 0. May be repeated.")
    private List<Integer> processors = List.of();

    @Option(names = "--vector", paramLabel = "V", description = "Only this vector, like 14 or 0x80. May be repeated.")
    private List<String> vectors = List.of();

    @Option(
            names = "--code",
            paramLabel = "WHERE",
            description = "Only what instructions there did: an address, 0x1000..0x1fff, 0x1000+0x100, or a symbol."
                    + " May be repeated.")
    private List<String> code = List.of();

    @Option(
            names = "--address",
            paramLabel = "WHERE",
            description = "Only what concerns these addresses, written as for --code. May be repeated.")
    private List<String> addresses = List.of();

    /** @throws picocli.CommandLine.ParameterException for what makes no sense, naming the option */
    Filter filter(QueryOptions options, TraceReader trace, Symbols symbols) {
        Range range = options.range(trace);
        if (to != null) {
            long end = options.position("--to", to, trace);
            if (end < range.from()) {
                throw options.usage("--to %d is in front of --from %d".formatted(end, range.from()));
            }
            range = new Range(range.from(), end, range.count());
        }
        Filter filter = Filter.of(range)
                .withRings(numbers(options, "--ring", rings, RINGS))
                .withVectors(vectors(options))
                .withRoots(roots(options));
        Set<Integer> wanted = numbers(options, "--processor", processors, Integer.MAX_VALUE);
        if (!wanted.isEmpty() && !wanted.contains(0)) {
            throw options.usage("--processor takes 0: this machine has one processor, found " + processors.getFirst());
        }
        filter = code.isEmpty() ? filter : filter.withCode(ranges(options, "--code", code, symbols));
        return addresses.isEmpty() ? filter : filter.withAddresses(ranges(options, "--address", addresses, symbols));
    }

    private static Set<Integer> numbers(QueryOptions options, String option, List<Integer> values, int bound) {
        for (int value : values) {
            if (value < 0 || value >= bound) {
                throw options.usage("%s takes a number from 0 to %d, found %d".formatted(option, bound - 1, value));
            }
        }
        return Set.copyOf(values);
    }

    private Set<Integer> vectors(QueryOptions options) {
        Set<Integer> numbers = new HashSet<>();
        for (String text : vectors) {
            long vector = number(options, "--vector", text);
            if (vector < 0 || vector >= VECTORS) {
                throw options.usage("--vector takes a number from 0 to 255, found " + text);
            }
            numbers.add((int) vector);
        }
        return numbers;
    }

    private Set<Long> roots(QueryOptions options) {
        Set<Long> values = new HashSet<>();
        roots.forEach(text -> values.add(number(options, "--cr3", text)));
        return values;
    }

    private static AddressRanges ranges(QueryOptions options, String option, List<String> texts, Symbols symbols) {
        List<Span> spans = new ArrayList<>();
        for (String text : texts) {
            spans.add(span(options, option, text, symbols));
        }
        return AddressRanges.of(spans);
    }

    /** One range of addresses, as an option other than these names it. */
    static AddressRanges ranges(QueryOptions options, String option, String text, Symbols symbols) {
        return ranges(options, option, List.of(text), symbols);
    }

    private static Span span(QueryOptions options, String option, String text, Symbols symbols) {
        if (!text.isEmpty() && !Character.isDigit(text.charAt(0))) {
            return symbols.extent(text)
                    .orElseThrow(
                            () -> options.usage(option + ": no symbol \"" + text + "\" in the files of --symbols"));
        }
        int dots = text.indexOf("..");
        int plus = text.indexOf('+');
        try {
            if (dots >= 0) {
                return new Span(
                        number(options, option, text.substring(0, dots)),
                        number(options, option, text.substring(dots + 2)));
            }
            if (plus >= 0) {
                return Span.of(
                        number(options, option, text.substring(0, plus)),
                        number(options, option, text.substring(plus + 1)));
            }
        } catch (IllegalArgumentException e) {
            throw options.usage(option + " " + text + ": " + e.getMessage());
        }
        long address = number(options, option, text);
        return new Span(address, address);
    }

    private static long number(QueryOptions options, String option, String text) {
        try {
            return text.startsWith("0x") || text.startsWith("0X")
                    ? Long.parseUnsignedLong(text.substring(2), 16)
                    : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw options.usage("%s takes a number like 4096 or 0x1000, found \"%s\"".formatted(option, text));
        }
    }
}
