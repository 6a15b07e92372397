package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Devices;
import dev.ringscope.trace.query.Devices.Traffic;
import dev.ringscope.trace.query.Devices.Way;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** How much traffic there was with devices. */
@Command(
        name = "devices",
        description = "Traffic with devices: by port, by register in memory, and what was sent from outside.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryDevices extends Question {
    private record Line(Traffic t) implements Answer {
        private String place() {
            return t.way() == Way.INPUT ? t.source() : t.number() < 0 ? "(others)" : Names.hex(t.number());
        }

        @Override
        public String[] cells() {
            return new String[] {
                Names.of(t.way()),
                place(),
                Long.toString(t.reads()),
                Long.toString(t.writes()),
                Long.toString(t.bytes()),
                Long.toString(t.first()),
                Long.toString(t.last())
            };
        }

        @Override
        public Json json() {
            Json json = new Json().put("way", Names.of(t.way()));
            if (t.way() == Way.INPUT) {
                json.put("source", t.source());
            } else if (t.number() >= 0) {
                json.hex(t.way() == Way.PORT ? "port" : "address", t.number());
            }
            return json.put("reads", t.reads())
                    .put("writes", t.writes())
                    .put("bytes", t.bytes())
                    .put("first", t.first())
                    .put("last", t.last());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("WAY", 6),
                new Column("PLACE", 18),
                new Column("READS", -10),
                new Column("WRITES", -10),
                new Column("BYTES", -12),
                new Column("FIRST", -13),
                new Column("LAST", -13));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Devices.list(asked.recording(), asked.filter(), t -> out.print(new Line(t)));
    }
}
