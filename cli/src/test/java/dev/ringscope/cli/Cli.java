package dev.ringscope.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The command line inside the test's own process, with what it says on its two streams. Not for several threads. */
final class Cli {
    /** @param err without the newline at its end */
    record Result(int status, String out, String err) {
        List<String> errorLines() {
            return err.lines().toList();
        }
    }

    private Cli() {}

    static Result run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream newOut = new ByteArrayOutputStream();
        ByteArrayOutputStream newErr = new ByteArrayOutputStream();
        System.setOut(new PrintStream(newOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(newErr, true, StandardCharsets.UTF_8));
        try {
            int status = Main.execute(arguments);
            return new Result(
                    status, newOut.toString(StandardCharsets.UTF_8), ours(newErr.toString(StandardCharsets.UTF_8)));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** Only the tests' class path holds SLF4J, without a provider, and it says so on the stream that is looked at. */
    private static String ours(String err) {
        return err.lines().filter(line -> !line.startsWith("SLF4J")).collect(Collectors.joining("\n"));
    }
}
