package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.query.Expander;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is derived in spans, on several cores, is what would have been recorded. */
class ExpanderTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Detail.class,
            names = {"MEMORY", "FULL"})
    void anExpandedTraceIsTheOneThatWouldHaveBeenRecorded(Detail detail) throws IOException {
        Path recorded = Guests.demonstration(folder.resolve("recorded.rst"), detail);
        Path expanded = folder.resolve("expanded.rst");
        List<Long> reached = new ArrayList<>();
        try (TraceReader trace = TraceReader.open(Guests.demonstration(folder.resolve("flow.rst"), Detail.FLOW))) {
            long groups = trace.map().chunks().stream()
                    .filter(chunk -> chunk.firstBlock() == 0)
                    .count();
            assertThat(groups).as("spans").isGreaterThan(4);

            new Expander(trace, detail).expand(expanded, false, reached::add);

            assertThat(reached).isSorted().last().isEqualTo(trace.endPosition());
        }
        assertThat(expanded).hasSameBinaryContentAs(recorded);
    }
}
