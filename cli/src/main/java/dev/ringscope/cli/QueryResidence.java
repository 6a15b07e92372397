package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Residence;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long each ring was in use, over time. */
@Command(
        name = "residence",
        description = "Instructions in each ring, over buckets of equal length.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryResidence extends Question {
    @Option(names = "--buckets", paramLabel = "N", description = "So many (default: ${DEFAULT-VALUE}).")
    private long buckets = 20;

    private record Line(Residence.Bucket b) implements Answer {
        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(b.from()),
                Long.toString(b.to()),
                Long.toString(b.rings().get(0)),
                Long.toString(b.rings().get(1)),
                Long.toString(b.rings().get(2)),
                Long.toString(b.rings().get(3))
            };
        }

        @Override
        public Json json() {
            return new Json().put("from", b.from()).put("to", b.to()).put("rings", b.rings());
        }
    }

    @Override
    void check() {
        if (buckets < 1) {
            throw options.usage("--buckets takes a number above 0, found " + buckets);
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("FROM", -13),
                new Column("TO", -13),
                new Column("RING 0", -13),
                new Column("RING 1", -13),
                new Column("RING 2", -13),
                new Column("RING 3", -13));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Residence.rings(asked.recording(), asked.filter(), buckets, b -> out.print(new Line(b)));
    }
}
