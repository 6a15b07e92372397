package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ringscope export}: nothing is overwritten, nothing half written stays. */
class ExportCommandTest {
    @TempDir
    Path folder;

    private String trace;

    @BeforeEach
    void record() {
        trace = folder.resolve("demo.rst").toString();
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", trace).status())
                .isZero();
    }

    private Cli.Result export(String format, Path out, String... more) {
        return Cli.run(
                Stream.concat(Stream.of("export", trace, "--format", format, "-o", out.toString()), Stream.of(more))
                        .toArray(String[]::new));
    }

    private Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vcd", "collapsed", "callgrind", "drcov", "tenet", "chrome"})
    void whatIsThereStaysUnlessForced(String format) throws IOException {
        Path out = folder.resolve("out");
        Files.writeString(out, "precious");

        Cli.Result refused = export(format, out);
        assertThat(refused.status()).isEqualTo(ExitStatus.IO);
        assertThat(refused.errorLines()).hasSize(1);
        assertThat(refused.err()).contains(out.toString(), "is there already; --force overwrites it");
        assertThat(out).hasContent("precious");

        Cli.Result forced = export(format, out, "--force");
        assertThat(forced.status()).as(forced.err()).isZero();
        assertThat(Files.size(out)).isGreaterThan(100);
        assertThat(files()).containsExactlyInAnyOrder(Path.of(trace), out);
    }

    @Test
    void standardOutputGetsTheSameBytes() throws Exception {
        Path out = folder.resolve("demo.vcd");
        assertThat(export("vcd", out).status()).isZero();

        Path piped = folder.resolve("piped");
        try (RingscopeProcess process = new RingscopeProcess(
                ProcessBuilder.Redirect.to(piped.toFile()), "export", trace, "--format", "vcd", "-o", "-")) {
            assertThat(process.exitStatus()).isZero();
        }

        assertThat(piped).hasSameBinaryContentAs(out);
    }

    @Test
    void aDamagedTraceLeavesNothingHalfWritten() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(trace));
        for (int at = bytes.length / 4; at < bytes.length / 2; at++) {
            bytes[at] ^= 0x55;
        }
        Files.write(Path.of(trace), bytes);

        Cli.Result result = export("tenet", folder.resolve("out"));

        assertThat(result.status()).isEqualTo(ExitStatus.DATA);
        assertThat(result.err()).contains("offset");
        assertThat(files()).containsExactly(Path.of(trace));
    }

    @Test
    void anUnknownFormatIsToldWithTheKnownOnes() {
        Cli.Result result = export("bmp", folder.resolve("out"));

        assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(result.errorLines()).hasSize(1);
        assertThat(result.err()).contains("bmp", "perfetto", "drcov");
    }
}
