package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.AddressRange;
import dev.ringscope.trace.query.AddressRanges;
import dev.ringscope.trace.query.AddressRanges.Span;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns the schema's filter into that of the questions. */
final class Filters {
    private static final int RINGS = 4;
    private static final int VECTORS = 256;
    private static final int MOST = 4096;

    private Filters() {}

    /** @param field where the filter stands in the request */
    static Filter of(OpenTrace trace, String field, dev.ringscope.proto.query.v1.Filter wanted) {
        Range range = Requests.range(
                trace.recording().trace(),
                field + ".",
                wanted.getFromPosition(),
                wanted.hasToPosition(),
                wanted.getToPosition());
        numbers(field + ".processors", wanted.getProcessorsList(), 1, "this machine has one processor, of number 0");
        Filter filter = Filter.of(range)
                .withRings(numbers(field + ".rings", wanted.getRingsList(), RINGS, "a ring is 0 to 3"))
                .withVectors(numbers(field + ".vectors", wanted.getVectorsList(), VECTORS, "a vector is 0 to 255"))
                .withRoots(roots(field + ".translation_roots", wanted.getTranslationRootsList()));
        if (wanted.getCodeCount() > 0) {
            filter = filter.withCode(ranges(trace, field + ".code", wanted.getCodeList()));
        }
        return wanted.getAddressesCount() == 0
                ? filter
                : filter.withAddresses(ranges(trace, field + ".addresses", wanted.getAddressesList()));
    }

    private static Set<Integer> numbers(String field, List<Integer> values, int bound, String what) {
        bounded(field, values);
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) < 0 || values.get(i) >= bound) {
                throw Refusal.field(
                        "%s[%d]".formatted(field, i),
                        "%s, found %s".formatted(what, Integer.toUnsignedString(values.get(i))));
            }
        }
        return Set.copyOf(values);
    }

    private static Set<Long> roots(String field, List<Long> values) {
        bounded(field, values);
        return new HashSet<>(values);
    }

    private static void bounded(String field, List<?> values) {
        if (values.size() > MOST) {
            throw Refusal.field(field, "at most %d values, found %d".formatted(MOST, values.size()));
        }
    }

    private static AddressRanges ranges(OpenTrace trace, String field, List<AddressRange> ranges) {
        bounded(field, ranges);
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            spans.add(span(trace, "%s[%d]".formatted(field, i), ranges.get(i)));
        }
        return AddressRanges.of(spans);
    }

    private static Span span(OpenTrace trace, String field, AddressRange range) {
        if (!range.getSymbol().isEmpty()) {
            return trace.symbols()
                    .extent(range.getSymbol())
                    .orElseThrow(() -> Refusal.field(
                            field + ".symbol",
                            "no symbol \"%s\" in the files that the server was given".formatted(range.getSymbol())));
        }
        try {
            return new Span(range.getFirst(), range.getLast());
        } catch (IllegalArgumentException e) {
            throw Refusal.field(field + ".last", e.getMessage());
        }
    }
}
