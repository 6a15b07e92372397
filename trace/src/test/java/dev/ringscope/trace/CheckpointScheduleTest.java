package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long chunks are. Where checkpoints lie is judged by the recordings that have them. */
class CheckpointScheduleTest {
    @ParameterizedTest(name = "{0} pages written: {1} Mi instructions")
    @CsvSource({"0, 1", "64, 1", "65, 2", "128, 2", "129, 4", "100000, 4"})
    void chunksAreLongerWhereManyPagesChange(int pages, int length) {
        RecordingOptions options = RecordingOptions.of(Detail.FLOW, 0, "test");
        assertThat(new CheckpointSchedule(options, 0).chunk(pages)).isEqualTo((long) length << 20);
    }

    @ParameterizedTest
    @CsvSource({"0", "100000"})
    void chunksAreAsLongAsIsWanted(int pages) {
        RecordingOptions options = RecordingOptions.of(Detail.FLOW, 0, "test").withDistances(1000, 4000, 9000);
        assertThat(new CheckpointSchedule(options, 0).chunk(pages)).isEqualTo(1000);
    }
}
