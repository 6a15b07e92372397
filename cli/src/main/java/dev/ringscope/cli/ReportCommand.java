package dev.ringscope.cli;

import dev.ringscope.cli.report.Report;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope report}: a recording as a page for a browser. */
@Command(
        name = "report",
        description = "Write a trace as one HTML page to look at: it needs no network and no other file.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The page to write.")
    private Path output;

    @Option(names = "--force", description = "Overwrite OUT if it is there.")
    private boolean force;

    @Option(
            names = "--no-calls",
            description = "Leave out the flame graph, for which the trace is executed again: all else takes seconds.")
    private boolean noCalls;

    @Option(
            names = "--symbols",
            paramLabel = "FILE[@OFFSET]",
            description = "Name addresses after this file's symbols (ELF, nm, kallsyms). May be repeated.")
    private List<Path> symbolFiles = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        OutputFile.check(output, force);
        Symbols symbols = SymbolFiles.read(symbolFiles);
        try (Recording recording = TraceFile.recording(file)) {
            write(new Report(recording, symbols, !noCalls, Asker.PATIENT));
        }
        return ExitStatus.OK;
    }

    private void write(Report report) throws IOException {
        Path partial = output.resolveSibling(output.getFileName() + ".partial");
        try {
            try (Writer out = Files.newBufferedWriter(partial, StandardCharsets.UTF_8)) {
                report.write(out);
            }
            Files.move(partial, output, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
