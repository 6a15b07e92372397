package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.trace.format.RegisterCursor;
import dev.ringscope.trace.query.Verifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A recording can be read and re-executed while it goes on, and does not become another one by it. */
class GrowingRecordingTest {
    @TempDir
    Path folder;

    private Machine machine;
    private TraceRecorder recorder;
    private TraceReader reader;
    private Timeline timeline;

    private void begin(Path file, Detail detail) throws IOException {
        begin(file, Guests.options(detail));
    }

    private void begin(Path file, RecordingOptions options) throws IOException {
        Detail detail = options.detail();
        machine = Guests.demonstration(detail != Detail.FLOW);
        recorder = new TraceRecorder(file, machine.description(), options);
        machine.setRecorder(recorder);
        if (detail == Detail.FULL) {
            machine.noteRegisters();
        }
    }

    private void finish() {
        machine.end(machine.run(50_000_000));
        recorder.finish(machine.state(), OptionalInt.empty());
    }

    /** What a debugger's user does with the guest in between, looked at or not. */
    private void disturb(int round) {
        if (round % 5 == 3) {
            machine.send("com1", "key".getBytes(StandardCharsets.US_ASCII));
            machine.writeFromDebugger(0x9000 + round, new byte[] {(byte) round, 7});
        }
    }

    private void look() throws IOException {
        reader = recorder.look(machine.state());
        if (timeline == null) {
            timeline = new Timeline(reader, Detail.FLOW);
        } else {
            timeline.grown();
        }
    }

    private static String state(Machine machine) {
        var state = machine.state();
        return state.position() + " " + state.time() + " "
                + Arrays.toString(state.registers(0)) + " "
                + Arrays.hashCode(state.processors().getFirst()) + " "
                + Arrays.hashCode(machine.memory().whole());
    }

    private long[] stops(long end) {
        long[] stops = new Random(5).longs(40, 0, end).sorted().toArray();
        stops[0] = 0;
        stops[20] = 100_000; // where a chunk ends
        stops[21] = 100_001;
        Arrays.sort(stops);
        return stops;
    }

    @ParameterizedTest
    @EnumSource(Detail.class)
    void lookingAtARecordingChangesNothing(Detail detail) throws IOException {
        Path plain = folder.resolve("plain.rst");
        Path looked = folder.resolve("looked.rst");
        begin(plain, detail);
        long[] stops = stops(180_000);
        for (int i = 0; i < stops.length; i++) {
            machine.run(stops[i]);
            disturb(i);
        }
        finish();
        begin(looked, detail);
        for (int i = 0; i < stops.length; i++) {
            machine.run(stops[i]);
            disturb(i);
            look();
            assertThat(reader.endPosition()).isEqualTo(machine.position());
            assertThat(reader.damage()).isEmpty();
        }
        finish();
        try (TraceReader a = TraceReader.open(plain);
                TraceReader b = TraceReader.open(looked)) {
            assertThat(b.chunkCount()).isGreaterThan(a.chunkCount() + 20);
            assertThat(RoundTripTest.describe(RoundTripTest.events(b)))
                    .isEqualTo(RoundTripTest.describe(RoundTripTest.events(a)));
            assertThat(RoundTripTest.instructions(b, 0)).isEqualTo(RoundTripTest.instructions(a, 0));
            assertThat(RoundTripTest.accesses(b)).isEqualTo(RoundTripTest.accesses(a));
            assertThat(registerWrites(b)).isEqualTo(registerWrites(a));
            assertThat(b.map().checkpoints())
                    .extracting(c -> c.position())
                    .isEqualTo(a.map().checkpoints().stream()
                            .map(c -> c.position())
                            .toList());
            assertThat(new Verifier(b).verify(_ -> {})).isEqualTo(new Verifier(a).verify(_ -> {}));
        }
        reader.close();
    }

    @Test
    void everyPositionSoFarCanBeGoneTo() throws IOException {
        begin(folder.resolve("a.rst"), Detail.FLOW);
        long[] stops = stops(180_000);
        String[] states = new String[stops.length];
        Random random = new Random(8);
        for (int i = 0; i < stops.length; i++) {
            machine.run(stops[i]);
            disturb(i);
            machine.run(stops[i]); // takes what was sent
            states[i] = state(machine);
            look();
            int back = random.nextInt(i + 1);
            timeline.seek(stops[back]);
            if (back + 1 >= stops.length || stops[back + 1] != stops[back]) {
                assertThat(state(timeline.machine())).isEqualTo(states[back]);
            }
            if (i % 3 != 0) { // else the next look finds the timeline in the past
                timeline.seek(stops[i]);
                assertThat(state(timeline.machine())).isEqualTo(states[i]);
            }
        }
        finish();
        timeline.seek(stops[7]);
        assertThat(state(timeline.machine())).isEqualTo(states[7]);
        reader.close();
    }

    @Test
    void theGrownMapIsThatOfTheFile() throws IOException {
        Path file = folder.resolve("a.rst");
        begin(file, Guests.options(Detail.FLOW).withDistances(60, 5_000, 10_000));
        for (long stop : stops(180_000)) {
            machine.run(stop);
            look();
        }
        assertThat(reader.chunkCount())
                .as("more than two parts of the index hold")
                .isGreaterThan(2048 + 100);
        finish();
        try (TraceReader whole = TraceReader.open(file)) {
            int chunks = reader.chunkCount();
            int checkpoints = reader.map().checkpoints().size();
            assertThat(whole.map().chunks().subList(0, chunks))
                    .isEqualTo(reader.map().chunks());
            assertThat(whole.map().checkpoints().subList(0, checkpoints))
                    .usingRecursiveComparison()
                    .isEqualTo(reader.map().checkpoints());
        }
        reader.close();
    }

    private static List<String> registerWrites(TraceReader trace) throws IOException {
        List<String> writes = new ArrayList<>();
        for (int i = 0; i < trace.chunkCount(); i++) {
            RegisterCursor cursor = trace.chunks()
                    .decode(i)
                    .registers(trace.machine().registers().size());
            while (cursor.next()) {
                writes.add(cursor.position() + " " + cursor.register() + "." + cursor.word() + " " + cursor.value());
            }
        }
        return writes;
    }
}
