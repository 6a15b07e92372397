package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line as a process of its own, waiting for gdb. Its standard input is empty. */
final class Served implements AutoCloseable {
    private static final int MINUTES = 5;

    private final Process process;
    private final Path output;
    private final BufferedReader errors;

    Served(String... arguments) throws IOException {
        this(Path.of(""), arguments);
    }

    /** @param folder where it runs: what a program does depends on the length of the path that it was started by */
    Served(Path folder, String... arguments) throws IOException {
        this(folder, Redirect.from(new File("/dev/null")), arguments);
    }

    private Served(Path folder, Redirect input, String... arguments) throws IOException {
        output = Files.createTempFile("output", "");
        process = new ProcessBuilder(command(arguments))
                .directory(folder.toAbsolutePath().toFile())
                .redirectInput(input)
                .redirectOutput(output.toFile())
                .start();
        errors = process.errorReader();
    }

    /** One whose standard input is what {@link #type} gives. */
    static Served listening(String... arguments) throws IOException {
        return new Served(Path.of(""), Redirect.PIPE, arguments);
    }

    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    static List<String> command(String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.ringscope.cli.Main"));
        words.addAll(List.of(arguments));
        return words;
    }

    /** Waits for the line that names an address, and gives that. */
    String address() throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            if (line.matches("ringscope: waiting for gdb on \\S+:\\d+")) {
                return line.substring(line.lastIndexOf(' ') + 1);
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("the process ended without naming its address: " + said);
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES))
                .as("the process ends")
                .isTrue();
        return process.exitValue();
    }

    /** What the program has written, once it has ended. */
    String output() throws IOException, InterruptedException {
        exitStatus();
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.delete(output);
    }
}
