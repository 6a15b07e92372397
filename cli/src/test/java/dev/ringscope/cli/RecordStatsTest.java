package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code record --stats} counts the checkpoints that the guest stood still for. */
class RecordStatsTest {
    @TempDir
    Path folder;

    @Test
    void theCheckpointsThatWereTakenOnTheWayAreCounted() throws IOException {
        Path file = folder.resolve("a.rst");
        Cli.Result result = Cli.run("record", "--quiet", "--stats", "--serial", "null", "-o", file.toString());
        assertThat(result.status()).as(result.err()).isZero();

        Matcher told = Pattern.compile("recorder: the guest stood still [0-9.]+ ms at most for a checkpoint, "
                        + "[0-9.]+ ms on average of ([0-9,]+); it waited [0-9.]+ s for the encoder")
                .matcher(result.err());
        assertThat(told.find()).as(result.err()).isTrue();
        try (TraceReader trace = TraceReader.open(file)) {
            long between = trace.map().checkpoints().stream()
                    .filter(place -> place.position() > 0 && place.position() < trace.endPosition())
                    .count();
            assertThat(told.group(1).replace(",", "")).isEqualTo(Long.toString(between));
        }
    }
}
