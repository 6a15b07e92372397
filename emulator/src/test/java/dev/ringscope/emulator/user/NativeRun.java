package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The host as the oracle: compiles the programs of {@code testdata/programs} and runs static programs on the host's own
 * kernel.
 */
record NativeRun(String output, String errors, int status) {
    private static final long SECONDS = 60;

    /** Compiles a program with gcc. Without gcc the test is skipped, or fails if it should have it. */
    static Path compile(Path folder, String name, String... options) throws IOException, InterruptedException {
        boolean present = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(f -> Files.isExecutable(Path.of(f, "gcc")));
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(present).as("gcc is installed").isTrue();
        }
        assumeTrue(present, "gcc is not installed");
        Path out = folder.resolve(name + String.join("", options).replace('/', '_'));
        List<String> command = new ArrayList<>(
                List.of("gcc", "-w", "-o", out.toString(), source(name).toString()));
        command.addAll(List.of(options));
        if (!List.of(options).contains("-nostdlib")) {
            command.add("-lm");
        }
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as("%s: %s", command, said).isZero();
        return out;
    }

    private static Path source(String name) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("testdata/programs"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder above with testdata/programs").isNotNull();
        return folder.resolve("testdata/programs/" + name + ".c");
    }

    /** Runs it with an environment that holds only LANG. A signal's end is 128 and its number, as a shell tells it. */
    static NativeRun of(byte[] input, Path program, String... arguments) throws IOException, InterruptedException {
        Path in = Files.createTempFile("input", "");
        Path out = Files.createTempFile("output", "");
        Path errors = Files.createTempFile("errors", "");
        try {
            Files.write(in, input);
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(errors.toFile());
            builder.environment().clear();
            builder.environment().put("LANG", "C");
            Process process = builder.start();
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended)
                    .as("%s ends within %d seconds on the host", command, SECONDS)
                    .isTrue();
            return new NativeRun(text(out), text(errors), process.exitValue());
        } finally {
            Files.delete(in);
            Files.delete(out);
            Files.delete(errors);
        }
    }

    /** One character for each byte, as {@link GuestProgram.Outcome#text}. */
    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
