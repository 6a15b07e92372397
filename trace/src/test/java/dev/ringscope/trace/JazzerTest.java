package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer, which is led by the code it reaches, finds no file that does harm. It starts from the trace of
 * docs/trace-format.md; {@code -Dringscope.jazzer.runs} makes it longer.
 */
class JazzerTest {
    private static final int RUNS = Integer.getInteger("ringscope.jazzer.runs", 1000);
    private static final int MINUTES = 8;

    @TempDir
    Path folder;

    @Test
    void findsNothing() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        TinyTrace.record(corpus.resolve("tiny"));
        Path log = folder.resolve("log");
        Process jazzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + ReaderFuzz.class.getName(),
                        "--instrumentation_includes=dev.ringscope.trace.**",
                        "-seed=1",
                        "-runs=" + RUNS,
                        "-rss_limit_mb=3000",
                        corpus.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(jazzer.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            jazzer.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        assertThat(jazzer.exitValue())
                .as(lines.stream()
                        .filter(line -> !line.startsWith("INFO") && !line.startsWith("#"))
                        .limit(60)
                        .collect(Collectors.joining("\n")))
                .isZero();
        assertThat(lines).anyMatch(line -> line.startsWith("Done " + RUNS + " runs"));
    }
}
