package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line as a process of its own, for what a signal or a server needs. Standard input is empty. */
final class RingscopeProcess implements AutoCloseable {
    private static final int MINUTES = 5;

    private final Process process;
    private final BufferedReader err;

    RingscopeProcess(String... arguments) throws IOException {
        this(ProcessBuilder.Redirect.DISCARD, arguments);
    }

    /** @param out where its standard output goes */
    RingscopeProcess(ProcessBuilder.Redirect out, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseParallelGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        words.addAll(List.of(arguments));
        process = new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out)
                .start();
        err = process.errorReader();
    }

    /** Waits for the line that names an address, and gives that. */
    String address() throws IOException {
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            if (line.matches("ringscope: .* on \\S+:\\d+")) {
                return line.substring(line.lastIndexOf(' ') + 1);
            }
        }
        throw new AssertionError("the process ended without naming its address");
    }

    /** The next line that it says of itself. */
    String line() throws IOException {
        String line = err.readLine();
        while (line != null && !line.startsWith("ringscope: ")) {
            line = err.readLine();
        }
        return line;
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** What it says from now on, up to its end. */
    String rest() throws IOException {
        return String.join("\n", err.lines().toList());
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES))
                .as("the process ends")
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
