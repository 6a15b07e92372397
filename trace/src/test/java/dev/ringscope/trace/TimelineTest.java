package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.Expander;
import dev.ringscope.trace.query.Verifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recorded machine at any position is what it was. */
class TimelineTest {
    @TempDir
    Path folder;

    @Test
    void reExecutionOfTheWholeAgreesWithEveryDigest() throws IOException {
        try (TraceReader trace = TraceReader.open(Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW))) {
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            timeline.seek(0);
            timeline.run(trace.endPosition());
            timeline.compareEnd();
            assertThat(trace.chunkCount()).isGreaterThan(20);
            assertThat(trace.map().checkpoints()).hasSizeGreaterThan(3);
        }
    }

    @Test
    void everyWayToAPositionGivesTheSameState() throws IOException {
        try (TraceReader trace = TraceReader.open(Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW))) {
            Timeline forwards = new Timeline(trace, Detail.FLOW);
            Timeline jumping = new Timeline(trace, Detail.FLOW);
            Random random = new Random(3);
            long[] positions = random.longs(30, 0, trace.endPosition() + 1).toArray();
            long[] sorted = positions.clone();
            Arrays.sort(sorted);
            String[] states = new String[positions.length];
            for (int i = 0; i < sorted.length; i++) {
                forwards.seek(sorted[i]);
                states[i] = state(forwards);
            }
            for (long position : positions) {
                jumping.seek(position);
                assertThat(state(jumping)).isEqualTo(states[Arrays.binarySearch(sorted, position)]);
            }
        }
    }

    private static String state(Timeline timeline) {
        var state = timeline.machine().state();
        return timeline.position() + " " + state.time() + " "
                + Arrays.toString(state.registers(0)) + " "
                + Arrays.hashCode(state.processors().getFirst()) + " "
                + Arrays.hashCode(timeline.machine().memory().whole());
    }

    @Test
    void thePcIsWhereTheFlowSays() throws IOException {
        try (TraceReader trace = TraceReader.open(Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW))) {
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            InstructionCursor instructions = trace.instructions(100);
            int compared = 0;
            while (instructions.next() && compared < 3000) {
                timeline.seek(instructions.position());
                if (timeline.machine().cpu().pcLinear() == instructions.address()) {
                    compared++;
                } else {
                    // The instruction attempted here faulted: what retires is the handler's first.
                    assertThat(traps(trace, instructions.position())).isPositive();
                }
            }
            assertThat(compared).isEqualTo(3000);
        }
    }

    private static long traps(TraceReader trace, long position) throws IOException {
        return RoundTripTest.events(trace).stream()
                .filter(e -> e instanceof Event.Trap && e.position() == position)
                .count();
    }

    @Test
    void inputsComeBackWhereTheyCame() throws IOException {
        Path file = folder.resolve("a.rst");
        Guests.demonstration(file, Guests.options(Detail.FLOW), machine -> {
            for (int i = 0; i < 5; i++) {
                machine.run(10_000 + 3_333L * i);
                machine.send("com1", ("key " + i).getBytes(StandardCharsets.US_ASCII));
                machine.writeFromDebugger(0x9000 + i, new byte[] {(byte) i, 7});
            }
        });
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.index().getTotals().getEventCounts().getInputs()).isEqualTo(10);
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            timeline.seek(trace.endPosition());
            timeline.compareEnd();
            assertThat(timeline.machine().memory().whole()[0x9004]).isEqualTo((byte) 4);
            timeline.seek(15_000);
            assertThat(timeline.machine().memory().whole()[0x9001]).isEqualTo((byte) 1);
            assertThat(timeline.machine().memory().whole()[0x9004]).isZero();
        }
    }

    @Test
    void aForgedPageIsNoticed() throws IOException {
        Path file = Guests.demonstration(
                folder.resolve("a.rst"), Guests.options(Detail.FLOW).withCompression(false), _ -> {});
        byte[] bytes = Files.readAllBytes(file);
        Path forged = folder.resolve("forged.rst");
        Packets.withCheckpointPages(bytes, forged, "I try CLI", "I tri CLI");
        try (TraceReader trace = TraceReader.open(forged)) {
            assertThatThrownBy(() -> new Verifier(trace).verify(_ -> {}))
                    .isInstanceOf(DivergenceException.class)
                    .hasMessageContaining("re-execution diverges");
        }
    }

    @Test
    void verifyingComparesEveryChunk() throws IOException {
        try (TraceReader trace = TraceReader.open(Guests.demonstration(folder.resolve("a.rst"), Detail.MEMORY))) {
            assertThat(new Verifier(trace).verify(_ -> {})).isEqualTo(trace.chunkCount());
        }
    }

    @Test
    void aRecordingThatWasKilledIsVerifiedAndExpandedAsFarAsItGoes() throws IOException {
        Path file = Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW);
        byte[] bytes = Files.readAllBytes(file);
        Path cut = Files.write(folder.resolve("cut.rst"), Arrays.copyOf(bytes, bytes.length * 3 / 4));
        try (TraceReader trace = TraceReader.open(cut)) {
            assertThat(trace.damage()).contains("was not closed");
            assertThat(trace.chunkCount()).isGreaterThan(3);
            assertThat(new Verifier(trace).verify(_ -> {})).isEqualTo(trace.chunkCount());
            Path expanded = folder.resolve("expanded.rst");
            new Expander(trace, Detail.MEMORY).expand(expanded, false, _ -> {});
            try (TraceReader more = TraceReader.open(expanded)) {
                assertThat(more.endPosition()).isEqualTo(trace.endPosition());
                assertThat(more.damage()).isEmpty();
                assertThat(RoundTripTest.instructions(more, 0)).isEqualTo(RoundTripTest.instructions(trace, 0));
                assertThat(more.index().getTotals().getAccessCount()).isPositive();
            }
        }
    }

    @Test
    void aTraceWithoutAnyChunkAnswersNothing() throws IOException {
        Path file = Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW);
        Path cut = Files.write(folder.resolve("cut.rst"), Arrays.copyOf(Files.readAllBytes(file), 1500));
        try (TraceReader trace = TraceReader.open(cut)) {
            assertThat(trace.endPosition()).isZero();
            assertThat(trace.instructions(0).next()).isFalse();
            assertThat(new Verifier(trace).verify(_ -> {})).isZero();
            assertThatThrownBy(() -> new Expander(trace, Detail.MEMORY).expand(folder.resolve("b"), false, _ -> {}))
                    .isInstanceOf(TraceFormatException.class);
            assertThatThrownBy(() -> new Timeline(trace, Detail.FLOW).seek(0)).isInstanceOf(TraceFormatException.class);
        }
    }

    @Test
    void aMachineThatCannotBeBuiltIsNamed() throws IOException {
        Path file = Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW);
        Path other = folder.resolve("other.rst");
        Packets.withHeader(
                Files.readAllBytes(file),
                other,
                header -> header.getMachineBuilder().addDevicesBuilder().setName("flux"));
        try (TraceReader trace = TraceReader.open(other)) {
            assertThatThrownBy(() -> new Timeline(trace, Detail.FLOW))
                    .isInstanceOf(TraceFormatException.class)
                    .hasMessageContaining("flux");
        }
    }

    @Test
    void positionsOutsideAreRefused() throws IOException {
        try (TraceReader trace = TraceReader.open(Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW))) {
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            assertThatThrownBy(() -> timeline.seek(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> timeline.seek(trace.endPosition() + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
