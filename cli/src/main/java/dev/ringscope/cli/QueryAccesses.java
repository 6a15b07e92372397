package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Latest;
import dev.ringscope.trace.query.MemoryAccess;
import dev.ringscope.trace.query.MemoryAccess.By;
import dev.ringscope.trace.query.MemoryAccesses;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Touch;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which data was read and written. */
@Command(
        name = "accesses",
        description = "Data accesses in order, with the values read or written.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryAccesses extends Question {
    @Option(
            names = "--kind",
            paramLabel = "read|write|execute",
            description = "Only reads, writes or executed instructions (default: reads and writes). May be repeated.")
    private List<Touch.Kind> kinds = List.of();

    @Option(names = "--physical", description = "The addresses are physical ones, translated as at that moment.")
    private boolean physical;

    @Option(names = "--first", description = "Only the first.")
    private boolean first;

    @Option(names = "--last", description = "Only the last, or the last --count.")
    private boolean last;

    @Option(
            names = "--before",
            paramLabel = "N",
            description = "Only before this position; with --last: the one before.")
    private String before;

    @Option(names = "--after", paramLabel = "N", description = "Only after this position.")
    private String after;

    private record Line(MemoryAccess a, Symbols symbols) implements Answer {
        private String kind() {
            return a.kind().name().toLowerCase(Locale.ROOT);
        }

        private String value() {
            return a.kind() == Touch.Kind.EXECUTE ? "" : data();
        }

        private String data() {
            return ("0x%0" + 2 * a.size() + "x").formatted(a.value());
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(a.position()),
                kind(),
                Integer.toString(a.size()),
                symbols.describe(a.address()),
                value() + by()
            };
        }

        /** Nothing for the processor, which is the rule. */
        private String by() {
            return a.by() == By.PROCESSOR
                    ? ""
                    : "  (" + a.by().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ")";
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", a.position())
                    .put("access", kind())
                    .put("size", a.size())
                    .hex("address", a.address());
            if (a.kind() != Touch.Kind.EXECUTE) {
                json.put("value", value());
            }
            return a.by() == By.PROCESSOR
                    ? json
                    : json.put("by", a.by().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
    }

    @Override
    void check() {
        if (first && last) {
            throw options.usage("--first and --last exclude each other");
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("POSITION", -13),
                new Column("ACCESS", 6),
                new Column("SIZE", -4),
                new Column("ADDRESS", symbols.isEmpty() ? -18 : 48),
                new Column("VALUE", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Recording recording = asked.recording();
        Filter filter = within(asked.filter(), recording.trace());
        if (!last) {
            list(recording, filter, a -> out.print(new Line(a, asked.symbols())));
            return;
        }
        for (MemoryAccess access : Latest.<MemoryAccess>of(
                recording,
                filter.range(),
                Asker.PATIENT,
                (range, answers) -> list(recording, filter.withRange(range), answers))) {
            out.print(new Line(access, asked.symbols()));
        }
    }

    private void list(Recording recording, Filter filter, Answers<MemoryAccess> answers) throws IOException {
        Set<Touch.Kind> wanted =
                kinds.isEmpty() ? EnumSet.of(Touch.Kind.READ, Touch.Kind.WRITE) : EnumSet.copyOf(kinds);
        Touch.Space space = physical ? Touch.Space.PHYSICAL : Touch.Space.LINEAR;
        MemoryAccesses.list(recording, wanted, space, filter, answers);
    }

    private Filter within(Filter filter, TraceReader trace) {
        Range range = filter.range();
        long from =
                after == null ? range.from() : Math.max(range.from(), options.position("--after", after, trace) + 1);
        long to = before == null ? range.to() : Math.min(range.to(), options.position("--before", before, trace));
        return filter.withRange(new Range(from, Math.max(from, to), first ? 1 : range.count()));
    }
}
