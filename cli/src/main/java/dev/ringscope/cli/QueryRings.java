package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.Rings;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** When the ring or the mode changed, and why. */
@Command(
        name = "rings",
        description = "Changes of the privilege level or of the processor's mode, with their causes.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryRings extends Question {
    private record Line(Event.RingChange e, Symbols symbols) implements Answer {
        private boolean byMsr() {
            return e.cause() == Event.Cause.SYSCALL || e.cause() == Event.Cause.SYSENTER;
        }

        private String by() {
            if (e.vector() >= 0) {
                return "vector 0x%02x".formatted(e.vector());
            }
            return e.source() == -1 ? "" : (byMsr() ? "msr " : "entry at ") + Names.hex(e.source());
        }

        private String modes() {
            return e.fromMode() == e.toMode()
                    ? Names.of(e.toMode())
                    : Names.of(e.fromMode()) + " -> " + Names.of(e.toMode());
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(e.position()),
                e.from() + " -> " + e.to(),
                Names.of(e.cause()),
                by(),
                symbols.describe(e.fromPc()),
                symbols.describe(e.toPc()),
                modes()
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", e.position())
                    .put("from", e.from())
                    .put("to", e.to())
                    .put("from_mode", Names.of(e.fromMode()))
                    .put("to_mode", Names.of(e.toMode()))
                    .put("cause", Names.of(e.cause()));
            if (e.vector() >= 0) {
                json.put("vector", e.vector());
            }
            if (e.source() != -1) {
                json.hex(byMsr() ? "msr" : "entry", e.source()).hex("entry_value", e.sourceValue());
            }
            return json.hex("from_pc", e.fromPc())
                    .hex("to_pc", e.toPc())
                    .hex("from_stack", e.fromStack())
                    .hex("to_stack", e.toStack());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        int width = symbols.isEmpty() ? -18 : 48;
        return List.of(
                new Column("POSITION", -13),
                new Column("RING", 6),
                new Column("CAUSE", 18),
                new Column("BY", 27),
                new Column("FROM", width),
                new Column("TO", width),
                new Column("MODE", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Rings.list(asked.recording(), asked.filter(), e -> out.print(new Line(e, asked.symbols())));
    }
}
