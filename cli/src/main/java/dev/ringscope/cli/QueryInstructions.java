package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Which instructions retired. */
@Command(
        name = "instructions",
        description = "The instructions that retired, disassembled.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryInstructions implements Callable<Integer> {
    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Mixin
    private FilterOptions filters;

    @Option(
            names = "--syntax",
            paramLabel = "intel|att",
            converter = QueryOptions.SyntaxConverter.class,
            description = "How instructions are written (default: intel).")
    private Syntax syntax = Syntax.INTEL;

    private record Line(ExecutedInstruction i, String address, String text) implements Answer {
        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(i.position()),
                Integer.toString(i.ring()),
                address,
                HexFormat.of().formatHex(i.code()),
                text
            };
        }

        @Override
        public Json json() {
            return new Json()
                    .put("position", i.position())
                    .put("ring", i.ring())
                    .put("mode", Names.of(i.mode()))
                    .hex("address", i.address())
                    .put("code", HexFormat.of().formatHex(i.code()))
                    .put("text", text);
        }
    }

    @Override
    public Integer call() throws Exception {
        Symbols symbols = options.symbols();
        Disassembly disassembly = new Disassembly(syntax, symbols);
        try (Recording recording = TraceFile.recording(query.file);
                AnswerPrinter out = new AnswerPrinter(
                        options.json,
                        new Column("POSITION", -13),
                        new Column("RING", -4),
                        new Column("ADDRESS", symbols.isEmpty() ? -18 : 48),
                        new Column("CODE", 20),
                        new Column("INSTRUCTION", 0))) {
            Instructions.list(
                    recording,
                    filters.filter(options, recording.trace(), symbols),
                    i -> out.print(new Line(i, symbols.describe(i.address()), disassembly.text(i))));
        }
        return ExitStatus.OK;
    }
}
