package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringscope diff}: its exit status, and that it says the same each time. */
class DiffTest {
    @TempDir
    Path folder;

    private String record(String name, String... more) {
        Path file = folder.resolve(name);
        String[] words = {"record", "--quiet", "--memory", "16M", "--serial", "null", "-o", file.toString()};
        String[] all = java.util.stream.Stream.concat(java.util.Arrays.stream(words), java.util.Arrays.stream(more))
                .toArray(String[]::new);
        Cli.run(all);
        assertThat(file).exists();
        return file.toString();
    }

    @Test
    void twoRecordingsOfOneGuestAreTheSame() {
        Cli.Result result = Cli.run("diff", record("one.rst"), record("other.rst"));

        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("the same to the end, ");
    }

    @Test
    void aRecordingThatEndsEarlierDiffersThere() {
        String whole = record("whole.rst");
        String cut = record("cut.rst", "--max-instructions", "9000");

        Cli.Result text = Cli.run("diff", whole, cut);
        Cli.Result json = Cli.run("diff", "--json", whole, cut);

        assertThat(text.status()).as(text.err()).isEqualTo(ExitStatus.DIFFERENT);
        assertThat(json.status()).as(json.err()).isEqualTo(ExitStatus.DIFFERENT);
        assertThat(text.out()).contains("the same up to position 9,000; there: the second recording ends there");
        assertThat(json.out()).contains("\"same\":false", "\"position\":9000");
    }

    @Test
    void anEventIsToldInWordsThatAreTheSameEachTime() {
        assertThat(DiffCommand.text(new Event.Input(7, "com1", "key".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("com1 at position 7, 3 bytes: 6b6579");
        assertThat(DiffCommand.text(new Event.Halt(9, 10, 30))).isEqualTo("halt  for 20 ns");
    }
}
