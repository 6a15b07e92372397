package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Calls;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** Which calls were made, and how they ended. */
@Command(
        name = "calls",
        description = "Calls, system calls, interrupts and signals, and how they ended, in order.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryCalls extends Question {
    private static final int INDENTED = 32;

    private record Line(Calls.Call c, Symbols symbols) implements Answer {
        private boolean ends() {
            return c.kind() == Calls.Kind.RETURN || c.kind() == Calls.Kind.UNWIND;
        }

        /** With its line of source code, as a debugger writes it. */
        private String place(long address) {
            return symbols.describe(address)
                    + symbols.line(address).map(line -> " at " + line.brief()).orElse("");
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(c.position()),
                Names.of(c.kind()),
                Integer.toString(c.ring()),
                Names.hex(c.root()),
                Integer.toString(c.stack()),
                Names.hex(c.slot()),
                Integer.toString(c.depth()),
                place(c.from()),
                " ".repeat(Math.min(c.depth(), INDENTED)) + place(ends() ? c.to() : c.function())
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", c.position())
                    .put("kind", Names.of(c.kind()))
                    .hex("from", c.from())
                    .hex("to", c.to())
                    .hex("function", c.function());
            symbols.find(c.function()).ifPresent(name -> json.put("function_name", name));
            symbols.line(c.from())
                    .ifPresent(line -> json.put("from_file", line.file()).put("from_line", line.line()));
            if (c.vector() >= 0) {
                json.put("vector", c.vector());
            }
            if (ends()) {
                json.put("called_at", c.since()).put("instructions", c.position() + 1 - c.since());
            }
            return json.put("depth", c.depth())
                    .put("ring", c.ring())
                    .hex("cr3", c.root())
                    .put("stack", c.stack())
                    .hex("slot", c.slot());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("POSITION", -13),
                new Column("KIND", 11),
                new Column("RING", 4),
                new Column("CR3", 12),
                new Column("STACK", -5),
                new Column("SLOT", 18),
                new Column("DEPTH", -5),
                new Column("FROM", addressWidth(symbols)),
                new Column("TO", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Calls.list(asked.recording(), asked.symbols(), asked.filter(), c -> out.print(new Line(c, asked.symbols())));
    }
}
