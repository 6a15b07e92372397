package dev.ringscope.cli;

import dev.ringscope.trace.TraceReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope info}: what is in a trace. */
@Command(name = "info", description = "Tell what is in a trace.", mixinStandardHelpOptions = true, sortOptions = false)
final class InfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        try (TraceReader trace = TraceFile.open(file)) {
            System.out.print(json ? TraceInfo.json(trace) : TraceInfo.text(trace));
        }
        return ExitStatus.OK;
    }
}
