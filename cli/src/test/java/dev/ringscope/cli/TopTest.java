package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringscope top} against the instructions of a recording, counted one by one. */
class TopTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void record() {
        file = folder.resolve("demo.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", file.toString())
                        .status())
                .isZero();
    }

    @Test
    void addressSpacesHaveTheInstructionsThatRanInThem() throws Exception {
        Map<Long, Long> counted = new TreeMap<>();
        try (TraceReader trace = TraceReader.open(file)) {
            InstructionCursor cursor = trace.instructions(0);
            for (long at = 0; at < trace.endPosition(); at++) {
                assertThat(cursor.advance(at)).isTrue();
                counted.merge(cursor.translationRoot() & -4096, 1L, Long::sum);
            }
        }
        String json = Cli.run("top", file.toString(), "--json").out();
        counted.forEach((root, instructions) ->
                assertThat(json).contains("{\"cr3\":\"0x%x\",\"instructions\":%d}".formatted(root, instructions)));
    }

    @Test
    void theHottestBlockComesFirst() {
        Cli.Result text = Cli.run("top", file.toString(), "--count", "1");
        assertThat(text.status()).isZero();
        assertThat(text.out()).contains("blocks", "ring 3", "0x20 interrupt", "system registers written");
        assertThat(text.out().lines().filter(line -> line.contains("cr3"))).hasSize(1);
        assertThat(Cli.run("top", file.toString(), "--count", "0").status()).isEqualTo(ExitStatus.USAGE);
    }
}
