package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Processes;
import dev.ringscope.trace.query.Processes.Naming;
import dev.ringscope.trace.query.Processes.Process;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** Which address spaces were in use. */
@Command(
        name = "processes",
        description = "Address spaces by CR3: first and last seen, instructions by ring, who loaded them first;"
                + " with a Linux kernel's --symbols the names of its tasks.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryProcesses extends Question {
    private record Line(Process p, Symbols symbols) implements Answer {
        @Override
        public String[] cells() {
            return new String[] {
                p.root() == -1 ? "(others)" : Names.hex(p.root()),
                Long.toString(p.first()),
                Long.toString(p.last()),
                Long.toString(p.rings().get(0)),
                Long.toString(p.rings().get(3)),
                Long.toString(p.loads()),
                p.parent().isPresent() ? Names.hex(p.parent().getAsLong()) : "",
                p.loadedAt() < 0 ? "" : symbols.describe(p.loader()),
                p.names().isEmpty() ? "?" : String.join(" ", p.names())
            };
        }

        @Override
        public Json json() {
            Json json = new Json();
            if (p.root() != -1) {
                json.hex("cr3", p.root());
            }
            json.put("first", p.first())
                    .put("last", p.last())
                    .put("instructions", p.instructions())
                    .put("rings", p.rings())
                    .put("loads", p.loads());
            if (p.parent().isPresent()) {
                json.hex("parent", p.parent().getAsLong())
                        .put("loaded_at", p.loadedAt())
                        .hex("loader", p.loader());
            }
            return json.put("names", p.names());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("CR3", 12),
                new Column("FIRST", -13),
                new Column("LAST", -13),
                new Column("RING 0", -13),
                new Column("RING 3", -13),
                new Column("LOADS", -7),
                new Column("PARENT", 12),
                new Column("LOADED BY", symbols.isEmpty() ? 18 : 36),
                new Column("NAMES", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Naming naming = Processes.list(
                asked.recording(), asked.symbols(), asked.filter(), p -> out.print(new Line(p, asked.symbols())));
        System.err.println("ringscope: " + naming.task());
    }
}
