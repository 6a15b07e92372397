package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.InterruptTotals;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long the handlers of exceptions and interrupts took. */
@Command(
        name = "interrupts",
        description = "Exceptions and interrupts with their handlers' durations in instructions; --totals by vector.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryInterrupts extends Question {
    @Option(names = "--totals", description = "A line for each vector instead of each delivery.")
    private boolean totals;

    private record Line(Interrupts.Interrupt i, Symbols symbols) implements Answer {
        private String ending() {
            return !i.ended() ? "open" : i.returned() ? "returned" : "unwound";
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(i.trap().position()),
                "0x%02x".formatted(i.trap().vector()),
                Names.of(i.trap().cause()),
                i.fromRing() + " -> " + i.toRing(),
                Integer.toString(i.nesting()),
                i.ended() ? Long.toString(i.duration()) : "",
                ending(),
                symbols.describe(i.handler())
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", i.trap().position())
                    .put("vector", i.trap().vector())
                    .put("cause", Names.of(i.trap().cause()))
                    .put("from_ring", i.fromRing())
                    .put("to_ring", i.toRing())
                    .put("nesting", i.nesting())
                    .put("ending", ending());
            if (i.ended()) {
                json.put("instructions", i.duration());
            }
            return json.hex("handler", i.handler()).hex("cr3", i.root());
        }
    }

    private record TotalLine(InterruptTotals.Total t) implements Answer {
        @Override
        public String[] cells() {
            return new String[] {
                "0x%02x".formatted(t.vector()),
                Long.toString(t.count()),
                Long.toString(t.ended()),
                Long.toString(t.min()),
                Long.toString(t.median()),
                Long.toString(t.max()),
                Long.toString(t.residence())
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .put("vector", t.vector())
                    .put("count", t.count())
                    .put("ended", t.ended())
                    .put("min", t.min())
                    .put("median", t.median())
                    .put("max", t.max())
                    .put("instructions", t.residence());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return totals
                ? List.of(
                        new Column("VECTOR", 6),
                        new Column("COUNT", -10),
                        new Column("ENDED", -10),
                        new Column("MIN", -12),
                        new Column("MEDIAN", -12),
                        new Column("MAX", -12),
                        new Column("INSTRUCTIONS", -14))
                : List.of(
                        new Column("POSITION", -13),
                        new Column("VECTOR", 6),
                        new Column("CAUSE", 18),
                        new Column("RING", 6),
                        new Column("NESTING", -7),
                        new Column("INSTRUCTIONS", -12),
                        new Column("ENDING", 8),
                        new Column("HANDLER", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        if (!totals) {
            Interrupts.list(asked.recording(), asked.filter(), i -> out.print(new Line(i, asked.symbols())));
            return;
        }
        for (InterruptTotals.Total total : InterruptTotals.of(asked.recording(), asked.filter(), Asker.PATIENT)) {
            out.print(new TotalLine(total));
        }
    }
}
