package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.cli.Main;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ringscope} as a process of its own, in a folder where what its command line names is at hand. */
final class Server implements AutoCloseable {
    private final Process process;
    private final BufferedReader err;

    Server(Path folder, List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1800m",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseParallelGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dringscope.root=" + Workshop.ROOT,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        words.addAll(arguments);
        process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        err = process.errorReader();
    }

    /** Waits for the line that names the port, and gives that. */
    String port() throws IOException {
        List<String> said = new ArrayList<>();
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            said.add(line);
            if (line.matches("ringscope: .* on \\S+:\\d+")) {
                return line.substring(line.lastIndexOf(':') + 1);
            }
        }
        throw new AssertionError("the process ended without naming its port: " + said);
    }

    void terminate() {
        process.destroy();
    }

    /** What it says up to its end. */
    String rest() throws IOException {
        return String.join("\n", err.lines().toList());
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("the process ends").isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
