package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.user.GuestProgram.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** C programs print the same and end the same under the built-in kernel as they do on the host. */
class NativeComparisonTest {
    private static final byte[] INPUT = "first\nsecond\nand no newline at the end".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private static Path folder;

    private static Path files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = Files.createDirectories(folder.resolve("files/sub")).getParent();
        String numbers = IntStream.range(0, 3000).mapToObj(n -> n * n + "\n").collect(Collectors.joining());
        Files.writeString(files.resolve("numbers.txt"), numbers);
        Files.writeString(files.resolve("sub/inner.txt"), "inner");
        Files.createSymbolicLink(files.resolve("link"), Path.of("numbers.txt"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"formats", "memory", "algorithms", "signals", "files", "timers", "startup", "threads", "restarts"
            })
    void aProgramThatWasNotOptimizedDoesAsOnTheHost(String name) throws Exception {
        compare(NativeRun.compile(folder, name, "-O0", "-static"), argument(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"formats", "memory", "algorithms", "signals", "files", "timers", "startup", "hostile", "threads"
            })
    void anOptimizedProgramDoesAsOnTheHost(String name) throws Exception {
        compare(NativeRun.compile(folder, name, "-O2", "-static"), argument(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "signals", "startup", "threads"})
    void aPositionIndependentProgramDoesAsOnTheHost(String name) throws Exception {
        compare(NativeRun.compile(folder, name, "-O2", "-static-pie", "-fPIE"), argument(name));
    }

    @ParameterizedTest
    @CsvSource({"a, 134, SIGABRT", "s, 139, SIGSEGV", "t, 143, SIGTERM", "b, 132, SIGILL"})
    void aSignalEndsAProgramAsOnTheHost(String how, int status, String signal) throws Exception {
        Outcome outcome = compare(NativeRun.compile(folder, "signals", "-O2", "-static"), how);

        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.explanation()).startsWith("killed by signal %d (%s)".formatted(status - 128, signal));
    }

    @Test
    void aDeathByFaultIsExplained() throws Exception {
        Outcome outcome = compare(NativeRun.compile(folder, "signals", "-O2", "-static"), "s");

        assertThat(outcome.explanation())
                .matches("killed by signal 11 \\(SIGSEGV\\), read of unmapped 0x0 at 0x[0-9a-f]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "signals", "timers", "threads"})
    void aReplayFromTheInputsAloneComesToTheSameEnd(String name) throws Exception {
        Path copy = Files.copy(NativeRun.compile(folder, name, "-O2", "-static"), folder.resolve(name + "-copy"));
        GuestProgram program =
                new GuestProgram(copy, argument(name)).input(INPUT).root(folder);
        Outcome live = program.run();
        Files.delete(copy);

        Outcome again = program.replay(live.events());

        assertThat(again.text()).isEqualTo(live.text()).isNotEmpty();
        assertThat(again.position()).isEqualTo(live.position());
        assertThat(again.registers()).isEqualTo(live.registers());
        assertThat(again.explanation()).isEqualTo(live.explanation());
    }

    private static String argument(String name) {
        return name.equals("files") ? "/files" : "an argument";
    }

    private static Outcome compare(Path program, String argument) throws Exception {
        boolean inRoot = argument.startsWith("/");
        NativeRun expected = NativeRun.of(INPUT, program, inRoot ? folder + argument : argument);
        Outcome outcome = new GuestProgram(program, argument)
                .input(INPUT)
                .root(folder)
                .environment("LANG=C")
                .run();

        assertThat(outcome.reason()).as(outcome.story()).isEqualTo(StopReason.EXIT);
        assertThat(outcome.text()).as(outcome.story()).isEqualTo(expected.output());
        assertThat(outcome.errorText()).isEqualTo(expected.errors());
        assertThat(outcome.status()).as(outcome.story()).isEqualTo(expected.status());
        return outcome;
    }
}
