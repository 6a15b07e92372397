package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.query.Expander;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is derived in spans, on several cores, is what would have been recorded. */
class ExpanderTest {
    private static final long LOOP = 40_000_000;

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

    /** Long enough for the loop to be compiled by the machines that re-execute it, and by none that recorded it. */
    @Test
    void aLoopThatIsCompiledMeanwhileIsTheSameToo() throws IOException {
        FlatGuest guest = new FlatGuest();
        guest.memory.put(new byte[] {(byte) 0x89, (byte) 0xc2}); // mov edx, eax
        guest.memory.put(new byte[] {(byte) 0x81, (byte) 0xe2}).putInt(0xffffc); // and edx, 0xffffc
        guest.memory.put(new byte[] {0x01, (byte) 0x82}).putInt(0x100000); // add [edx + 0x100000], eax
        guest.memory.put(new byte[] {(byte) 0x83, (byte) 0xc0, 0x07}); // add eax, 7
        guest.memory.put(new byte[] {(byte) 0xeb, (byte) 0xed}); // jmp to the first
        Path recorded = guest.record(
                folder.resolve("recorded.rst"), RecordingOptions.of(Detail.MEMORY, 1_000_000_000, "test"), LOOP);
        Path expanded = folder.resolve("expanded.rst");
        RecordingOptions options = RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test");
        try (TraceReader trace = TraceReader.open(guest.record(folder.resolve("flow.rst"), options, LOOP))) {
            new Expander(trace, Detail.MEMORY).expand(expanded, false, _ -> {});
        }
        assertThat(expanded).hasSameBinaryContentAs(recorded);
    }
}
