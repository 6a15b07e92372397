package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Which code was executed. */
@Command(
        name = "coverage",
        description = "Blocks of code that were executed, by address: how often, in which rings, when first and last.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryCoverage extends Question {
    private record Line(Coverage.Covered c, Symbols symbols) implements Answer {
        private List<Integer> rings() {
            List<Integer> rings = new ArrayList<>();
            for (int ring = 0; ring < 4; ring++) {
                if ((c.rings() >> ring & 1) != 0) {
                    rings.add(ring);
                }
            }
            return rings;
        }

        @Override
        public String[] cells() {
            return new String[] {
                Names.hex(c.root()),
                String.join(",", rings().stream().map(String::valueOf).toList()),
                Long.toString(c.executions()),
                Long.toString(c.first()),
                Long.toString(c.last()),
                Integer.toString(c.instructions()),
                Integer.toString(c.size()),
                symbols.describe(c.address())
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .hex("address", c.address())
                    .put("size", c.size())
                    .put("instructions", c.instructions())
                    .hex("cr3", c.root())
                    .put("rings", rings())
                    .put("executions", c.executions())
                    .put("first", c.first())
                    .put("last", c.last());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("CR3", -12),
                new Column("RINGS", 5),
                new Column("EXECUTIONS", -13),
                new Column("FIRST", -13),
                new Column("LAST", -13),
                new Column("INSTRUCTIONS", -12),
                new Column("BYTES", -5),
                new Column("ADDRESS", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Coverage.list(asked.recording(), asked.filter(), c -> out.print(new Line(c, asked.symbols())));
    }
}
