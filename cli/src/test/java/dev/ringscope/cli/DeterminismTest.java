package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two recordings of the same guest are the same, byte for byte, but for the date in the header and that packet's
 * checksum.
 */
class DeterminismTest {
    @TempDir
    Path folder;

    @Test
    void ofTheDemonstrationGuestInEveryDetail() throws IOException {
        for (String detail : List.of("flow", "memory", "full")) {
            assertSame("--detail", detail);
        }
    }

    @Test
    void whicheverTierExecutes() throws IOException {
        for (String detail : List.of("flow", "memory", "full")) {
            byte[] interpreted = record("interpreted", "--tier", "interpreter", "--detail", detail);
            assertEqualButForDate(interpreted, record("compiled", "--tier", "compiled", "--detail", detail));
        }
    }

    @Test
    void anExpandedTraceIsWhatWouldHaveBeenRecorded() throws IOException {
        byte[] recorded = record("recorded", "--detail", "full");
        record("flow", "--detail", "flow");
        Path expanded = folder.resolve("expanded.rst");

        Cli.Result result = Cli.run(
                "expand",
                folder.resolve("flow.rst").toString(),
                "--detail",
                "full",
                "--quiet",
                "-o",
                expanded.toString());

        assertThat(result.status()).as(result.err()).isZero();
        assertEqualButForDate(recorded, Files.readAllBytes(expanded));
    }

    private void assertSame(String... arguments) throws IOException {
        assertEqualButForDate(record("one", arguments), record("two", arguments));
    }

    private byte[] record(String name, String... arguments) throws IOException {
        Path file = folder.resolve(name + ".rst");
        List<String> words =
                new ArrayList<>(List.of("record", "--force", "--quiet", "--serial", "null", "-o", file.toString()));
        words.addAll(List.of(arguments));
        Cli.Result result = Cli.run(words.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isIn(ExitStatus.OK, ExitStatus.LIMIT);
        return Files.readAllBytes(file);
    }

    static void assertEqualButForDate(byte[] a, byte[] b) {
        assertThat(b).hasSameSizeAs(a);
        assertThat(a.length).isGreaterThan(10_000);
        int differences = 0;
        for (int at = Arrays.mismatch(a, b); at >= 0; at = next(a, b, at)) {
            assertThat(at).as("offset of a difference").isLessThan(20_000);
            differences++;
        }
        assertThat(differences).as("bytes of date and checksum that differ").isLessThanOrEqualTo(8 + 4);
    }

    private static int next(byte[] a, byte[] b, int at) {
        int mismatch = Arrays.mismatch(a, at + 1, a.length, b, at + 1, b.length);
        return mismatch < 0 ? -1 : at + 1 + mismatch;
    }
}
