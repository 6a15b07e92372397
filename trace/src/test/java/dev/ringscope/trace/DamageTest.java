package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.format.CheckpointReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged file gives a clear error or a shorter but right trace, never a wrong answer. */
class DamageTest {
    @TempDir
    Path folder;

    private Path file;
    private SyntheticRun run;
    private byte[] whole;

    @BeforeEach
    void record() throws IOException {
        file = folder.resolve("a.rst");
        TraceRecorder recorder = new TraceRecorder(
                file,
                FakeMachine.description(),
                RecordingOptions.of(Detail.FULL, 1, "test").withDistances(60, 120, 240));
        run = new SyntheticRun(11, recorder).run(250);
        run.finish();
        whole = Files.readAllBytes(file);
    }

    /** Reads everything; whatever is given must be a beginning of the run. */
    private long readAll(Path damaged) throws IOException {
        try (TraceReader trace = TraceReader.open(damaged)) {
            List<SyntheticRun.Instruction> instructions = RoundTripTest.instructions(trace, 0);
            assertThat(instructions).isEqualTo(run.instructions.subList(0, instructions.size()));
            List<Event> events = RoundTripTest.events(trace);
            assertThat(RoundTripTest.describe(events))
                    .isEqualTo(RoundTripTest.describe(run.events.subList(0, events.size())));
            List<SyntheticRun.Access> accesses = RoundTripTest.accesses(trace);
            assertThat(accesses).isEqualTo(run.accesses.subList(0, accesses.size()));
            assertThat(trace.endPosition()).isEqualTo(instructions.size());
            for (int i = 0; i < trace.map().checkpoints().size(); i++) {
                CheckpointReader checkpoint = trace.checkpoint(i);
                assertThat(checkpoint.registers(trace.machine().registers())[0]).isEqualTo(3 * checkpoint.position());
                trace.map().checkpoints().get(i).packets().forEach(p -> pages(trace, p));
            }
            return instructions.size();
        }
    }

    private static void pages(TraceReader trace, dev.ringscope.trace.format.TraceMap.PagesPlace place) {
        try {
            trace.pages(place)
                    .forEach(page -> true, (page, bytes, at) -> assertThat(page).isLessThan(FakeMachine.PAGES));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void truncatedAnywhereItGivesWhatIsWhole() throws IOException {
        Path cut = folder.resolve("cut.rst");
        long before = 0;
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, java.util.Arrays.copyOf(whole, length));
            long instructions = 0;
            try (TraceReader trace = TraceReader.open(cut)) {
                assertThat(trace.damage()).contains("was not closed").contains("cut.rst");
                instructions = trace.endPosition();
                if (instructions != before) {
                    assertThat(readAll(cut)).isEqualTo(instructions);
                }
            } catch (TraceFormatException e) {
                assertThat(e).hasMessageContaining("cut.rst").hasMessageContaining("offset");
            }
            assertThat(instructions).isGreaterThanOrEqualTo(before);
            before = instructions;
        }
        assertThat(before).isEqualTo(run.machine.position);
    }

    @Test
    void aFlippedBitIsNeverAWrongAnswer() throws IOException {
        Random random = new Random(42);
        Path flipped = folder.resolve("flipped.rst");
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(flipped, bytes);
            try {
                readAll(flipped);
            } catch (TraceFormatException e) {
                assertThat(e).hasMessageContaining("flipped.rst").hasMessageContaining("offset");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1500);
    }

    @Test
    void garbageIsRefusedAtOnce() throws IOException {
        Random random = new Random(1);
        Path garbage = folder.resolve("garbage");
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(2000)];
            random.nextBytes(bytes);
            if (bytes.length > 6 && random.nextBoolean()) {
                bytes[0] = 0x0a;
            }
            Files.write(garbage, bytes);
            assertThatThrownBy(() -> TraceReader.open(garbage)).isInstanceOf(TraceFormatException.class);
        }
    }

    @Test
    void aHugeLengthAllocatesNothing() throws IOException {
        Path huge = folder.resolve("huge");
        Files.write(huge, new byte[] {0x0a, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x1f, 0});
        assertThatThrownBy(() -> TraceReader.open(huge))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining(
                        "offset 0: expected a packet of 67108863 bytes, found the end of the file after 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"telepathy", "zstd2", ""})
    void anUnknownRequiredFeatureIsRefused(String feature) throws IOException {
        Path future = folder.resolve("future.rst");
        Packets.withHeader(whole, future, header -> header.addRequiredFeatures(feature));
        assertThatThrownBy(() -> TraceReader.open(future))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("required feature \"" + feature + "\": a newer reader is needed");
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
        Path future = folder.resolve("future.rst");
        Packets.withHeader(whole, future, header -> header.setFormatVersion(2));
        assertThatThrownBy(() -> TraceReader.open(future)).hasMessageContaining("expected format version 1, found 2");
    }

    @Test
    void anOptionalFeatureIsNoObstacle() throws IOException {
        Path future = folder.resolve("future.rst");
        Packets.withHeader(whole, future, header -> header.addOptionalFeatures("colours"));
        try (TraceReader trace = TraceReader.open(future)) {
            assertThat(trace.endPosition()).isEqualTo(run.machine.position);
        }
    }

    @Test
    void nothingIsOverwrittenUnlessTold() throws IOException {
        RecordingOptions options = RecordingOptions.of(Detail.FLOW, 1, "test");
        assertThatThrownBy(() -> new TraceRecorder(file, FakeMachine.description(), options))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasBinaryContent(whole);
        new TraceRecorder(file, FakeMachine.description(), options.withOverwrite(true))
                .finish(new FakeMachine(), OptionalInt.empty());
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.endPosition()).isZero();
        }
    }

    @Test
    void anAbandonedRecordingOpensUpToItsLastChunk() throws IOException {
        Path left = folder.resolve("left.rst");
        TraceRecorder recorder = new TraceRecorder(
                left,
                FakeMachine.description(),
                RecordingOptions.of(Detail.FULL, 1, "test").withDistances(60, 120, 240));
        new SyntheticRun(11, recorder).run(250);
        recorder.abandon();
        long instructions = readAll(left);
        assertThat(instructions).isEqualTo(240);
    }

    @Test
    void anIndexThatSaysOtherThanTheChunkIsRefused() throws IOException {
        // The trailer of one recording behind the chunks of another: every CRC is right.
        byte[] trailer = java.util.Arrays.copyOfRange(whole, whole.length - 45, whole.length);
        ByteBuffer.wrap(trailer).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(14, 0);
        byte[] changed = java.util.Arrays.copyOf(whole, whole.length);
        System.arraycopy(trailer, 0, changed, whole.length - 45, 40);
        Path file2 = folder.resolve("b.rst");
        Files.write(file2, changed);
        assertThat(readAll(file2)).isEqualTo(run.machine.position);
        try (TraceReader trace = TraceReader.open(file2)) {
            assertThat(trace.damage()).contains("was not closed");
        }
    }
}
