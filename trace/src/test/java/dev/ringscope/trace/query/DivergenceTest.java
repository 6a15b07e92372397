package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceRecorder;
import dev.ringscope.trace.query.Divergence.Found;
import dev.ringscope.trace.query.Divergence.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings that were made to differ at a known place. */
class DivergenceTest {
    @TempDir
    Path folder;

    private Recording plain;

    @BeforeEach
    void record() throws IOException {
        plain = recording("plain", Guests.options(Detail.FLOW), _ -> {});
    }

    @AfterEach
    void close() throws IOException {
        plain.close();
    }

    private Recording recording(String name, RecordingOptions options, Consumer<Machine> before) throws IOException {
        return Recording.open(Guests.demonstration(folder.resolve(name + ".rst"), options, before));
    }

    @Test
    void aRecordingIsTheSameAsItselfHoweverItsChunksAreCut() throws IOException {
        RecordingOptions options = Guests.options(Detail.MEMORY).withDistances(7_777, 30_000, 60_000);
        try (Recording other = recording("other", options, _ -> {})) {
            assertThat(Divergence.first(plain, plain, Asker.PATIENT)).isEmpty();
            assertThat(Divergence.first(plain, other, Asker.PATIENT)).isEmpty();
        }
    }

    /** Both store accesses, and hardly a chunk of one ends where one of the other does. */
    @Test
    void whatIsCutDifferentlyIsComparedAsItIsStored() throws IOException {
        RecordingOptions options = Guests.options(Detail.MEMORY);
        RecordingOptions others = options.withDistances(7_777, 30_000, 60_000);
        try (Recording one = recording("one", options, _ -> {});
                Recording other = recording("other", others, _ -> {});
                Recording changed = recording("changed", others, machine -> {
                    machine.run(40_000);
                    machine.writeFromDebugger(0x80_0000, new byte[] {1, 2, 3});
                })) {
            assertThat(Divergence.first(one, other, Asker.PATIENT)).isEmpty();
            Found found = Divergence.first(one, changed, Asker.PATIENT).orElseThrow();
            assertThat(found.kind()).isEqualTo(Kind.EVENT);
            assertThat(found.position()).isEqualTo(40_000);
        }
    }

    /** Bytes that are accessed first by a read: when, and at which physical address. */
    private TreeMap<Long, Long> firstReads() throws IOException {
        TreeMap<Long, Long> touched = new TreeMap<>();
        TreeMap<Long, Long> found = new TreeMap<>();
        Accesses.list(plain, Accesses.Kind.ALL, Filter.ALL, a -> {
            if (touched.putIfAbsent(a.address() & ~7L, a.position()) == null && !a.write()) {
                found.putIfAbsent(a.position(), a.address());
            }
            return true;
        });
        Timeline timeline = new Timeline(plain.trace(), Detail.FLOW);
        for (var read : found.entrySet()) {
            timeline.seek(read.getKey());
            Walk walk = timeline.machine().cpu().paging.walk(read.getValue());
            read.setValue(walk.mapped() ? walk.physical() : -1);
        }
        found.values().removeIf(physical -> physical < 0);
        return found;
    }

    @Test
    void anotherByteInMemoryIsFoundWhereItIsReadFirst() throws IOException {
        int exact = 0;
        for (var read : firstReads().entrySet().stream().limit(6).toList()) {
            int address = Math.toIntExact(read.getValue());
            try (Recording changed = recording("changed" + address, Guests.options(Detail.FLOW), machine -> {
                machine.memory().whole()[address] ^= 0x40;
            })) {
                // another name of the same byte may have been used before, or the byte may have been written over
                Optional<Found> found = Divergence.first(plain, changed, Asker.PATIENT);
                assertThat(found.flatMap(Found::inputs)).isEmpty();
                boolean effect = found.isPresent() && found.get().kind() == Kind.EFFECT;
                exact += effect && found.get().position() == read.getKey() ? 1 : 0;
            }
        }
        assertThat(exact).isGreaterThan(1);
    }

    @Test
    void anInputThatTheOtherDoesNotHaveIsTheCause() throws IOException {
        try (Recording changed = recording("changed", Guests.options(Detail.FLOW), machine -> {
            machine.run(30_000);
            machine.writeFromDebugger(0x80_0000, new byte[] {1, 2, 3});
        })) {
            Found found = Divergence.first(plain, changed, Asker.PATIENT).orElseThrow();

            assertThat(found.position()).isEqualTo(30_000);
            assertThat(found.kind()).isEqualTo(Kind.EVENT);
            assertThat(found.inputs()).hasValueSatisfying(inputs -> {
                assertThat(inputs.one()).isEmpty();
                assertThat(inputs.other().orElseThrow().position()).isEqualTo(30_000);
            });
        }
    }

    @Test
    void aShorterRecordingEndsWhereItEnds() throws IOException {
        Path file = folder.resolve("short.rst");
        Machine machine = Guests.demonstration(false);
        TraceRecorder recorder = new TraceRecorder(file, machine.description(), Guests.options(Detail.FLOW));
        machine.setRecorder(recorder);
        machine.run(61_234);
        recorder.finish(machine.state(), OptionalInt.empty());
        try (Recording shorter = Recording.open(file)) {
            Found found = Divergence.first(plain, shorter, Asker.PATIENT).orElseThrow();
            assertThat(found.kind()).isEqualTo(Kind.LENGTH);
            assertThat(found.position()).isEqualTo(61_234);
            assertThat(found.difference()).contains("second recording ends");
        }
    }
}
