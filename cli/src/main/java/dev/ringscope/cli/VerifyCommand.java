package dev.ringscope.cli;

import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Verifier;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope verify}: re-executes a trace and compares. */
@Command(
        name = "verify",
        description = "Re-execute a trace and compare every event and every chunk's digest; exit status 1"
                + " if something differs.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(names = "--quiet", description = "No messages but errors.")
    private boolean quiet;

    @Override
    public Integer call() throws Exception {
        try (TraceReader trace = TraceFile.open(file)) {
            StageProgress progress = new StageProgress("verified", trace.endPosition(), quiet);
            try {
                int chunks = new Verifier(trace).verify(progress::show);
                progress.clear();
                if (!quiet) {
                    System.err.printf(
                            "ringscope: %s: re-executed %,d instructions, every event and the digests of %,d"
                                    + " chunks agree%n",
                            file, trace.endPosition(), chunks);
                }
                return ExitStatus.OK;
            } catch (DivergenceException e) {
                progress.clear();
                System.err.println("ringscope: " + e.getMessage());
                return ExitStatus.DIFFERENT;
            }
        }
    }
}
