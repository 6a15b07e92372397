package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.query.Accesses.Access;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.RegisterWrites.RegisterWrite;
import dev.ringscope.trace.query.Steps;
import dev.ringscope.trace.symbols.SourceLine;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which instructions retired. */
@Command(
        name = "instructions",
        description = "The instructions that retired, disassembled.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryInstructions extends Question {
    @Option(
            names = "--syntax",
            paramLabel = "intel|att",
            converter = QueryOptions.SyntaxConverter.class,
            description = "How instructions are written (default: intel).")
    private Syntax syntax = Syntax.INTEL;

    @Option(names = "--effects", description = "With the registers that each wrote, and the data that it accessed.")
    private boolean effects;

    private record Line(ExecutedInstruction i, Symbols symbols, String text) implements Answer {
        @Override
        public String[] cells() {
            List<String> cells = new ArrayList<>(List.of(
                    Long.toString(i.position()),
                    Integer.toString(i.ring()),
                    symbols.describe(i.address()),
                    HexFormat.of().formatHex(i.code())));
            if (symbols.haveLines()) {
                cells.add(symbols.line(i.address()).map(SourceLine::brief).orElse(""));
            }
            cells.add(text);
            return cells.toArray(String[]::new);
        }

        @Override
        public Json json() {
            Json json = new Json()
                    .put("position", i.position())
                    .put("ring", i.ring())
                    .put("mode", Names.of(i.mode()))
                    .hex("address", i.address())
                    .put("code", HexFormat.of().formatHex(i.code()))
                    .put("text", text);
            symbols.line(i.address())
                    .ifPresent(line -> json.put("file", line.file()).put("line", line.line()));
            return json;
        }
    }

    /** An instruction with what it did, one cell more than without. */
    private record Effects(Line line, Steps.Step step, Symbols symbols) implements Answer {
        private static String name(RegisterWrite w) {
            return w.word() == 0 ? w.register() : w.register() + "[" + 64 * w.word() + "..]";
        }

        private String text(Access a) {
            String value = ("0x%0" + 2 * a.size() + "x").formatted(a.value());
            return "[%s] %s %s".formatted(symbols.describe(a.address()), a.write() ? "<-" : "->", value);
        }

        @Override
        public String[] cells() {
            String[] cells = Arrays.copyOf(line.cells(), line.cells().length + 1);
            Stream<String> writes = step.writes().stream().map(w -> name(w) + "=" + Names.hex(w.value()));
            Stream<String> accesses = step.accesses().stream().map(this::text);
            Stream<String> more = Stream.of("and %,d more accesses".formatted(step.moreAccesses()))
                    .filter(_ -> step.moreAccesses() > 0);
            cells[cells.length - 1] = Stream.of(writes, accesses, more)
                    .flatMap(Function.identity())
                    .collect(Collectors.joining("  "));
            return cells;
        }

        @Override
        public Json json() {
            List<Json> writes = step.writes().stream()
                    .map(w -> new Json()
                            .put("register", w.register())
                            .put("word", w.word())
                            .hex("value", w.value()))
                    .toList();
            List<Json> accesses = step.accesses().stream()
                    .map(a -> new Json()
                            .put("access", a.write() ? "write" : "read")
                            .put("size", a.size())
                            .hex("address", a.address())
                            .hex("value", a.value()))
                    .toList();
            Json json = line.json().put("writes", writes).put("accesses", accesses);
            return step.moreAccesses() > 0 ? json.put("more_accesses", step.moreAccesses()) : json;
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        List<Column> columns = new ArrayList<>(List.of(
                new Column("POSITION", -13),
                new Column("RING", -4),
                new Column("ADDRESS", symbols.isEmpty() ? -18 : 48),
                new Column("CODE", 20)));
        if (symbols.haveLines()) {
            columns.add(new Column("SOURCE", 20));
        }
        columns.add(new Column("INSTRUCTION", effects ? 40 : 0));
        if (effects) {
            columns.add(new Column("EFFECTS", 0));
        }
        return columns;
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        Symbols symbols = asked.symbols();
        Disassembly disassembly = new Disassembly(syntax, symbols);
        Function<ExecutedInstruction, Line> line = i -> new Line(i, symbols, disassembly.text(i));
        if (effects) {
            Steps.list(
                    asked.recording(),
                    asked.filter(),
                    s -> out.print(new Effects(line.apply(s.instruction()), s, symbols)));
        } else {
            Instructions.list(asked.recording(), asked.filter(), i -> out.print(line.apply(i)));
        }
    }
}
