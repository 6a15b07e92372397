package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Our C programs, compiled statically with what a debugger wants to know. */
final class Programs {
    private Programs() {}

    static Path testdata() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("testdata/programs"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder above with testdata/programs").isNotNull();
        return folder.resolve("testdata");
    }

    /** Without gcc and gdb the test is skipped, or fails if it should have them. */
    static Path compile(Path folder, String name, String... options) throws IOException, InterruptedException {
        for (String tool : List.of("gcc", "gdb")) {
            boolean present = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .anyMatch(f -> Files.isExecutable(Path.of(f, tool)));
            if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
                assertThat(present).as(tool + " is installed").isTrue();
            }
            assumeTrue(present, tool + " is not installed");
        }
        Path sources = testdata().resolve("programs");
        Path out = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of("gcc", "-w", "-g", "-static", "-o", out.toString()));
        command.add("-ffile-prefix-map=" + sources + "=.");
        command.addAll(List.of(options));
        command.add(sources.resolve(name + ".c").toString());
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as("%s: %s", command, said).isZero();
        return out;
    }

    /** The whole run of a program as a trace. */
    static Path record(Path folder, Path program, String... arguments) throws IOException, InterruptedException {
        Path trace = folder.resolve("recorded.rst");
        List<String> words = new ArrayList<>(List.of("record", "--quiet", "-o", trace.toString(), "--"));
        words.add(program.toString());
        words.addAll(List.of(arguments));
        Process process = new ProcessBuilder(Served.command(words.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.waitFor();
        assertThat(trace).exists();
        return trace;
    }
}
