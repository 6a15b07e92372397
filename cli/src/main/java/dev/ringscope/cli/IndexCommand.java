package dev.ringscope.cli;

import dev.ringscope.trace.Reindexer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope index}: gives a trace a new index. */
@Command(
        name = "index",
        description = "Rebuild the index of a trace that was not closed or whose index is damaged: the file is replaced"
                + " in one step by one that holds the same and opens at once.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class IndexCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "Leave FILE as it is and write the new trace here; of one that is damaged in its midst,"
                    + " what lies before that.")
    private Path output;

    @Option(names = "--quiet", description = "No messages but errors.")
    private boolean quiet;

    @Override
    public Integer call() throws Exception {
        InputFile.check(file);
        Reindexer.Result result;
        if (output == null) {
            result = Reindexer.replace(file);
        } else {
            OutputFile.check(output, false);
            try {
                result = Reindexer.copy(file, output);
            } catch (Exception e) {
                Files.deleteIfExists(output);
                throw e;
            }
        }
        if (!quiet) {
            System.err.printf(
                    "ringscope: %s: indexed %,d chunks, %,d instructions%s%n",
                    output == null ? file : output,
                    result.chunks(),
                    result.instructions(),
                    result.unused() == 0
                            ? ""
                            : ", without the last %,d bytes, which are no whole packet".formatted(result.unused()));
        }
        return ExitStatus.OK;
    }
}
