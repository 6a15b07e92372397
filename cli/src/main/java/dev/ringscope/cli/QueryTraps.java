package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Traps;
import dev.ringscope.trace.symbols.Symbols;
import dev.ringscope.trace.symbols.Vectors;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Which exceptions and interrupts were delivered, and why. */
@Command(
        name = "traps",
        description = "Exceptions and interrupts, with error codes, addresses and the check that failed.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryTraps implements Callable<Integer> {
    private static final int PAGE_FAULT = 14;

    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Mixin
    private FilterOptions filters;

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
    public Integer call() throws Exception {
        Symbols symbols = options.symbols();
        int width = symbols.isEmpty() ? 18 : 48;
        try (Recording recording = TraceFile.recording(query.file);
                AnswerPrinter out = new AnswerPrinter(
                        options.json,
                        new Column("POSITION", -13),
                        new Column("VECTOR", 8),
                        new Column("CAUSE", 18),
                        new Column("ERROR", 10),
                        new Column("ADDRESS", width),
                        new Column("SAVED CS:RIP", width + 5),
                        new Column("REASON", 0))) {
            Traps.list(
                    recording,
                    filters.filter(options, recording.trace(), symbols),
                    e -> out.print(new Line(e, symbols)));
        }
        return ExitStatus.OK;
    }
}
