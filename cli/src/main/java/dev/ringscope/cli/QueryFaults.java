package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.trace.explain.PageFaultText;
import dev.ringscope.trace.explain.WalkText;
import dev.ringscope.trace.query.Faults;
import dev.ringscope.trace.query.Faults.Fault;
import dev.ringscope.trace.symbols.Symbols;
import dev.ringscope.trace.symbols.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Why exceptions were raised. */
@Command(
        name = "faults",
        description =
                "Exceptions explained: the check that failed, what it compared, who wrote the failing entry last.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryFaults extends Question {
    @Option(names = "--brief", description = "A line for each, without the explanation.")
    private boolean brief;

    private record Line(Fault f, boolean brief, Symbols symbols) implements Answer {
        private String writers() {
            List<String> all = new ArrayList<>();
            for (Faults.Writer w : f.writers()) {
                all.add(w.position() < 0 ? w.what() + ": loaded" : "%s: %d".formatted(w.what(), w.position()));
            }
            return String.join(", ", all);
        }

        @Override
        public String[] cells() {
            Event.Trap e = f.trap();
            String text = brief ? "" : "\n    " + String.join("\n    ", f.explanation());
            return new String[] {
                Long.toString(e.position()),
                "0x%02x %s".formatted(e.vector(), Vectors.mnemonic(e.vector())),
                e.errorCode() < 0 ? "" : "0x%04x".formatted(e.errorCode()),
                PageFaultText.applies(e) ? symbols.describe(e.address()) : "",
                symbols.describe(f.pc()),
                f.check() == Reason.NONE ? "" : f.check().text(),
                writers(),
                f.instruction() + text
            };
        }

        private Json entry(Faults.Entry entry) {
            return new Json()
                    .put("level", entry.level())
                    .put("name", WalkText.name(entry.level()))
                    .hex("address", entry.address())
                    .hex("value", entry.value())
                    .put("bits", WalkText.bits(entry.level(), entry.value()).strip());
        }

        private Json writer(Faults.Writer w) {
            Json json = new Json().put("what", w.what());
            if (w.position() < 0) {
                return json.put("loaded", true);
            }
            json.put("position", w.position()).hex("pc", w.pc());
            symbols.find(w.pc()).ifPresent(name -> json.put("symbol", name));
            if (w.physical() >= 0) {
                json.hex("physical", w.physical());
            }
            return json.hex("before", w.before()).hex("after", w.after());
        }

        @Override
        public Json json() {
            Event.Trap e = f.trap();
            Json json = new Json()
                    .put("position", e.position())
                    .put("vector", e.vector())
                    .put("name", Vectors.mnemonic(e.vector()));
            if (e.errorCode() >= 0) {
                json.put("error_code", e.errorCode());
            }
            if (PageFaultText.applies(e)) {
                json.hex("address", e.address());
            }
            json.hex("pc", f.pc());
            symbols.find(f.pc()).ifPresent(name -> json.put("symbol", name));
            json.put("instruction", f.instruction()).put("ring", f.ring()).hex("cr3", f.root());
            if (f.check() != Reason.NONE) {
                json.put("check", f.check().name())
                        .put("check_text", f.check().text())
                        .put("manual", f.manual());
            }
            if (!f.walk().isEmpty()) {
                json.put("walk", f.walk().stream().map(this::entry).toList());
            }
            f.failing().ifPresent(entry -> json.put("failing", entry(entry)));
            return json.put("writers", f.writers().stream().map(this::writer).toList())
                    .put("explanation", f.explanation());
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        int width = addressWidth(symbols);
        return List.of(
                new Column("POSITION", -13),
                new Column("VECTOR", 8),
                new Column("ERROR", 6),
                new Column("ADDRESS", width),
                new Column("PC", width),
                new Column("CHECK", 40),
                new Column("WRITTEN LAST", 20),
                new Column("INSTRUCTION", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Faults.list(asked.recording(), asked.filter(), f -> out.print(new Line(f, brief, asked.symbols())));
    }
}
