package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Which data was read and written. */
@Command(
        name = "accesses",
        description = "Data accesses in order, with the values read or written.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryAccesses implements Callable<Integer> {
    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Mixin
    private FilterOptions filters;

    @Option(names = "--kind", paramLabel = "read|write", description = "Only reads, or only writes.")
    private List<Accesses.Kind> kinds = List.of();

    private record Line(Accesses.Access a, Symbols symbols) implements Answer {
        private String value() {
            return ("0x%0" + 2 * a.size() + "x").formatted(a.value());
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(a.position()),
                a.write() ? "write" : "read",
                Integer.toString(a.size()),
                symbols.describe(a.address()),
                value()
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .put("position", a.position())
                    .put("access", a.write() ? "write" : "read")
                    .put("size", a.size())
                    .hex("address", a.address())
                    .put("value", value());
        }
    }

    @Override
    public Integer call() throws Exception {
        Symbols symbols = options.symbols();
        Set<Accesses.Kind> wanted = kinds.isEmpty() ? Accesses.Kind.ALL : EnumSet.copyOf(kinds);
        try (Recording recording = TraceFile.recording(query.file);
                AnswerPrinter out = new AnswerPrinter(
                        options.json,
                        new Column("POSITION", -13),
                        new Column("ACCESS", 6),
                        new Column("SIZE", -4),
                        new Column("ADDRESS", symbols.isEmpty() ? -18 : 48),
                        new Column("VALUE", 0))) {
            Accesses.list(
                    recording,
                    wanted,
                    filters.filter(options, recording.trace(), symbols),
                    a -> out.print(new Line(a, symbols)));
        }
        return ExitStatus.OK;
    }
}
