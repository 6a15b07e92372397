package dev.ringscope.cli;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Expander;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringscope expand}: makes a trace of more detail out of one of less. */
@Command(
        name = "expand",
        description = "Store what a trace's re-execution tells: every data access, every register write.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ExpandCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(
            names = "--detail",
            required = true,
            paramLabel = "memory|full",
            converter = DetailConverter.class,
            description = "What the new trace is to store.")
    private Detail detail;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The new trace.")
    private Path output;

    @Option(names = "--force", description = "Overwrite OUT if it is there.")
    private boolean force;

    @Option(names = "--quiet", description = "No messages but errors.")
    private boolean quiet;

    @Override
    public Integer call() throws Exception {
        if (detail == Detail.FLOW) {
            throw new ParameterException(spec.commandLine(), "--detail takes memory or full, found flow");
        }
        try (TraceReader trace = TraceFile.open(file)) {
            if (detail.compareTo(trace.detail()) <= 0) {
                throw new CommandFailure(
                        ExitStatus.USAGE,
                        "%s: is of detail %s already"
                                .formatted(file, trace.detail().text()));
            }
            OutputFile.check(output, force);
            if (Files.exists(output) && Files.isSameFile(output, file)) {
                throw new CommandFailure(ExitStatus.USAGE, output + ": is the trace to be read");
            }
            StageProgress progress = new StageProgress("expanded", trace.endPosition(), quiet);
            new Expander(trace, detail).expand(output, force, progress::show);
            progress.clear();
        }
        if (!quiet) {
            try (TraceReader expanded = TraceReader.open(output)) {
                System.err.print(new TraceSummary(expanded).text());
            }
        }
        return ExitStatus.OK;
    }
}
