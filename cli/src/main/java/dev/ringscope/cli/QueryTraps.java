package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.trace.query.Traps;
import dev.ringscope.trace.symbols.Symbols;
import dev.ringscope.trace.symbols.Vectors;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** Which exceptions and interrupts were delivered, and why. */
@Command(
        name = "traps",
        description = "Exceptions and interrupts, with error codes, addresses and the check that failed.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryTraps extends Question {
    private static final int PAGE_FAULT = 14;

    private record Line(Event.Trap e, Symbols symbols) implements Answer {
        private String reason() {
            return e.reason().isEmpty() ? "" : Reason.valueOf(e.reason()).text();
        }

        private boolean pageFault() {
            return e.cause() == Event.Cause.EXCEPTION && e.vector() == PAGE_FAULT;
        }

        @Override
        public String[] cells() {
            String mnemonic = e.cause() == Event.Cause.EXCEPTION ? " " + Vectors.mnemonic(e.vector()) : "";
            return new String[] {
                Long.toString(e.position()),
                "0x%02x%s".formatted(e.vector(), mnemonic),
                Names.of(e.cause()),
                e.errorCode() < 0 ? "" : "0x%04x".formatted(e.errorCode()),
                pageFault() ? symbols.describe(e.address()) : "",
                "%04x:%s".formatted(e.selector(), symbols.describe(e.pc())),
                reason()
            };
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", e.position())
                    .put("vector", e.vector())
                    .put("cause", Names.of(e.cause()));
            if (e.errorCode() >= 0) {
                json.put("error_code", e.errorCode());
            }
            if (pageFault()) {
                json.hex("address", e.address());
            }
            json.hex("selector", e.selector()).hex("pc", e.pc());
            if (!e.reason().isEmpty()) {
                json.put("reason", e.reason()).put("explanation", reason()).hex("reason_detail", e.reasonDetail());
            }
            return json;
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        int width = addressWidth(symbols);
        return List.of(
                new Column("POSITION", -13),
                new Column("VECTOR", 8),
                new Column("CAUSE", 18),
                new Column("ERROR", 10),
                new Column("ADDRESS", width),
                new Column("SAVED CS:RIP", width + 5),
                new Column("REASON", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Traps.list(asked.recording(), asked.filter(), e -> out.print(new Line(e, asked.symbols())));
    }
}
