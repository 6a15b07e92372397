package dev.ringscope.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringscope query}: asks a trace; the questions are its subcommands. */
@Command(
        name = "query",
        description = "Ask a trace what happened.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryCommand implements Runnable {
    @Parameters(paramLabel = "FILE", description = "A trace.")
    Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "what is asked is missing: "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
