package dev.ringscope.cli;

import dev.ringscope.cli.debug.EventText;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.Divergence;
import dev.ringscope.trace.query.Divergence.Found;
import dev.ringscope.trace.query.Divergence.Side;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Steps;
import dev.ringscope.trace.symbols.Symbols;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope diff}: where two recordings begin to differ, and why. */
@Command(
        name = "diff",
        description = "Where two traces begin to differ, and why. Exit status 0 if they are the same, 1 if not.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DiffCommand implements Callable<Integer> {
    private static final int SHOWN = 32;

    @Parameters(index = "0", paramLabel = "ONE", description = "A trace.")
    private Path one;

    @Parameters(index = "1", paramLabel = "OTHER", description = "Another one.")
    private Path other;

    @Option(
            names = "--symbols",
            paramLabel = "FILE[@OFFSET]",
            description = "Name addresses after this file's symbols (ELF, nm, kallsyms). May be repeated.")
    private List<Path> symbolFiles = new ArrayList<>();

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Symbols symbols = SymbolFiles.read(symbolFiles);
        try (Recording a = TraceFile.recording(one);
                Recording b = TraceFile.recording(other)) {
            Optional<Found> found = Divergence.first(a, b, Asker.PATIENT);
            if (json) {
                System.out.println(found.map(f -> json(f, symbols)).orElseGet(() -> new Json().put("same", true)));
            } else {
                print(System.out, a, b, found, symbols);
            }
            return found.isPresent() ? ExitStatus.DIFFERENT : ExitStatus.OK;
        }
    }

    private void print(PrintStream out, Recording a, Recording b, Optional<Found> found, Symbols symbols) {
        if (!a.trace().machine().equals(b.trace().machine())) {
            out.println("the machines or their guests are described differently: compare `ringscope info`");
        }
        if (found.isEmpty()) {
            out.printf("the same to the end, %,d instructions%n", a.trace().endPosition());
            return;
        }
        Found f = found.get();
        if (!f.start().isEmpty()) {
            out.println("they begin differently: " + String.join(", ", f.start()));
        }
        out.printf("the same up to position %,d; there: %s%n", f.position(), f.difference());
        side(out, one, f.one(), symbols);
        side(out, other, f.other(), symbols);
        f.inputs().ifPresent(inputs -> {
            out.println("before that, other input from outside:");
            out.println("  " + one + ": " + input(inputs.one()));
            out.println("  " + other + ": " + input(inputs.other()));
        });
    }

    private static void side(PrintStream out, Path file, Side side, Symbols symbols) {
        side.step().ifPresent(step -> {
            Disassembly disassembly = new Disassembly(Syntax.INTEL, symbols);
            out.printf(
                    "  %s: ring %d  %s  %s%n",
                    file,
                    step.instruction().ring(),
                    symbols.describe(step.instruction().address()),
                    disassembly.text(step.instruction()));
            effects(step).forEach(effect -> out.println("      " + effect));
        });
        side.event().ifPresent(event -> out.printf("  %s: %s%n", file, text(event)));
    }

    static String text(Event event) {
        return event instanceof Event.Input input ? input(Optional.of(input)) : EventText.what(event);
    }

    private static List<String> effects(Steps.Step step) {
        List<String> effects = new ArrayList<>();
        step.writes()
                .forEach(w -> effects.add("%s%s = 0x%x"
                        .formatted(w.register(), w.word() == 0 ? "" : "[%d..]".formatted(64 * w.word()), w.value())));
        step.accesses()
                .forEach(a -> effects.add("%s %d bytes at 0x%x: 0x%x"
                        .formatted(a.write() ? "write" : "read", a.size(), a.address(), a.value())));
        if (step.moreAccesses() > 0) {
            effects.add("and %,d more accesses".formatted(step.moreAccesses()));
        }
        return effects;
    }

    private static String input(Optional<Event.Input> input) {
        return input.map(i -> "%s at position %,d, %d bytes: %s%s"
                        .formatted(
                                i.source(),
                                i.position(),
                                i.data().length,
                                HexFormat.of().formatHex(i.data(), 0, Math.min(SHOWN, i.data().length)),
                                i.data().length > SHOWN ? "..." : ""))
                .orElse("none");
    }

    private static Json json(Found f, Symbols symbols) {
        Json json = new Json()
                .put("same", false)
                .put("kind", Names.of(f.kind()))
                .put("position", f.position())
                .put("difference", f.difference())
                .put("start", f.start())
                .put("one", json(f.one(), symbols))
                .put("other", json(f.other(), symbols));
        f.inputs()
                .ifPresent(inputs -> json.put(
                        "inputs", new Json().put("one", input(inputs.one())).put("other", input(inputs.other()))));
        return json;
    }

    private static Json json(Side side, Symbols symbols) {
        Json json = new Json();
        side.step()
                .ifPresent(step -> json.hex("address", step.instruction().address())
                        .put("ring", step.instruction().ring())
                        .put("text", new Disassembly(Syntax.INTEL, symbols).text(step.instruction()))
                        .put("effects", effects(step)));
        side.event().ifPresent(event -> json.put("event", text(event)));
        return json;
    }
}
