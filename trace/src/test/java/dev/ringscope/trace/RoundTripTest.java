package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.trace.format.AccessCursor;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.RegisterCursor;
import dev.ringscope.trace.format.RingEffect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was recorded is what is read, in every detail, plain and compressed. */
class RoundTripTest {
    @TempDir
    Path folder;

    static RecordingOptions options(Detail detail) {
        return RecordingOptions.of(detail, 1_000_000_000, "test").withDistances(500, 2000, 4000);
    }

    SyntheticRun record(Path file, long seed, long count, RecordingOptions options) throws IOException {
        TraceRecorder recorder = new TraceRecorder(file, FakeMachine.description(), options);
        SyntheticRun run = new SyntheticRun(seed, recorder).run(count);
        run.finish();
        return run;
    }

    @ParameterizedTest
    @EnumSource(Detail.class)
    void everythingThatWasRecordedIsRead(Detail detail) throws IOException {
        Path file = folder.resolve("a.rst");
        SyntheticRun run = record(file, 1, 20_000, options(detail));
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.damage()).isEmpty();
            assertThat(trace.detail()).isEqualTo(detail);
            assertThat(trace.endPosition()).isEqualTo(run.machine.position);
            assertSame(trace, run, detail);
            assertThat(trace.index().getExitStatus()).isEqualTo(7);
            assertThat(trace.index().getEnd().getExplanation()).isEqualTo("ACPI S5");
            assertThat(trace.index().getEndTime()).isEqualTo(run.machine.time());
        }
    }

    @Test
    void sectionsMayBePlain() throws IOException {
        Path file = folder.resolve("a.rst");
        SyntheticRun run = record(file, 2, 5_000, options(Detail.FULL).withCompression(false));
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.header().getRequiredFeaturesList()).isEmpty();
            assertSame(trace, run, Detail.FULL);
        }
    }

    static void assertSame(TraceReader trace, SyntheticRun run, Detail detail) throws IOException {
        assertThat(instructions(trace, 0)).isEqualTo(run.instructions);
        assertThat(describe(events(trace))).isEqualTo(describe(run.events));
        assertThat(accesses(trace)).isEqualTo(detail == Detail.FLOW ? List.of() : run.accesses);
        assertThat(registerWrites(trace)).isEqualTo(detail == Detail.FULL ? run.registerWrites : List.of());
    }

    static List<SyntheticRun.Instruction> instructions(TraceReader trace, long from) throws IOException {
        List<SyntheticRun.Instruction> found = new ArrayList<>();
        InstructionCursor cursor = trace.instructions(from);
        while (cursor.next()) {
            List<Byte> code = new ArrayList<>();
            for (byte b : cursor.code()) {
                code.add(b);
            }
            found.add(new SyntheticRun.Instruction(cursor.position(), cursor.address(), cursor.ring(), code));
        }
        return found;
    }

    static List<Event> events(TraceReader trace) throws IOException {
        List<Event> found = new ArrayList<>();
        for (int i = 0; i < trace.chunkCount(); i++) {
            EventDecoder decoder = trace.envelope(i).events();
            for (Event event = decoder.next(); event != null; event = decoder.next()) {
                found.add(event);
            }
        }
        return found;
    }

    /** Inputs hold arrays, whose content their text does not show. */
    static List<String> describe(List<Event> events) {
        return events.stream()
                .map(e -> e instanceof Event.Input in
                        ? in.position() + " " + in.source() + " " + java.util.Arrays.toString(in.data())
                        : e.toString())
                .toList();
    }

    static List<SyntheticRun.Access> accesses(TraceReader trace) throws IOException {
        List<SyntheticRun.Access> found = new ArrayList<>();
        ChunkWalker chunks = trace.chunks();
        for (int i = 0; i < trace.chunkCount(); i++) {
            AccessCursor a = chunks.decode(i).accesses();
            while (a.next()) {
                found.add(new SyntheticRun.Access(a.position(), a.address(), a.size(), a.write(), a.value()));
            }
        }
        return found;
    }

    static List<SyntheticRun.RegisterWrite> registerWrites(TraceReader trace) throws IOException {
        List<SyntheticRun.RegisterWrite> found = new ArrayList<>();
        ChunkWalker chunks = trace.chunks();
        for (int i = 0; i < trace.chunkCount(); i++) {
            RegisterCursor r = chunks.decode(i).registers(3);
            while (r.next()) {
                found.add(new SyntheticRun.RegisterWrite(r.position(), r.register(), r.word(), r.value()));
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 499, 500, 501, 1999, 2000, 7777, 9999})
    void instructionsAreFoundFromAnyPosition(long from) throws IOException {
        Path file = folder.resolve("a.rst");
        SyntheticRun run = record(file, 3, 10_000, options(Detail.FLOW));
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(instructions(trace, from))
                    .isEqualTo(run.instructions.subList((int) from, run.instructions.size()));
        }
    }

    @Test
    void behindTheEndAreNoInstructions() throws IOException {
        Path file = folder.resolve("a.rst");
        SyntheticRun run = record(file, 3, 1_000, options(Detail.FLOW));
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.instructions(run.machine.position).next()).isFalse();
            assertThat(trace.instructions(Long.MAX_VALUE).next()).isFalse();
        }
    }

    @Test
    void chunksDecodeInAnyOrder() throws IOException {
        Path file = folder.resolve("a.rst");
        record(file, 4, 10_000, options(Detail.MEMORY));
        try (TraceReader trace = TraceReader.open(file)) {
            ChunkWalker jumping = trace.chunks();
            for (int chunk : new int[] {7, 3, 3, 4, 19, 0, 18, 5, 6}) {
                var decoded = jumping.decode(chunk);
                var fresh = trace.chunks().decode(chunk);
                assertThat(decoded.flow()).isEqualTo(fresh.flow());
                AccessCursor a = decoded.accesses();
                AccessCursor b = fresh.accesses();
                while (b.next()) {
                    assertThat(a.next()).isTrue();
                    assertThat(a.address()).isEqualTo(b.address());
                    assertThat(a.value()).isEqualTo(b.value());
                }
                assertThat(a.next()).isFalse();
            }
        }
    }

    @Test
    void theHeaderDescribesTheMachine() throws IOException {
        Path file = folder.resolve("a.rst");
        record(file, 5, 100, options(Detail.FLOW));
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.machine()).isEqualTo(FakeMachine.description());
        }
    }

    @Test
    void twoRecordingsDifferInTheDateOnly() throws IOException {
        Path a = folder.resolve("a.rst");
        Path b = folder.resolve("b.rst");
        RecordingOptions other =
                RecordingOptions.of(Detail.FULL, 1_234_567_890, "test").withDistances(500, 2000, 4000);
        record(a, 6, 10_000, options(Detail.FULL));
        record(b, 6, 10_000, other);
        byte[] first = Files.readAllBytes(a);
        byte[] second = Files.readAllBytes(b);
        assertThat(second).hasSameSizeAs(first);
        int headerEnd = headerEnd(first);
        int different = 0;
        for (int i = 0; i < first.length; i++) {
            if (first[i] != second[i]) {
                assertThat(i).isLessThan(headerEnd);
                different++;
            }
        }
        assertThat(different).isBetween(1, 12);
    }

    private static int headerEnd(byte[] file) {
        int length = file[1] & 0x7f;
        boolean two = file[1] < 0;
        return two ? 3 + length + ((file[2] & 0x7f) << 7) : 2 + length;
    }

    @Test
    void summariesAddUp() throws IOException {
        Path file = folder.resolve("a.rst");
        SyntheticRun run = record(file, 7, 10_000, options(Detail.MEMORY));
        try (TraceReader trace = TraceReader.open(file)) {
            ChunkSummary totals = trace.index().getTotals();
            long[] rings = new long[4];
            run.instructions.forEach(i -> rings[i.ring()]++);
            for (int ring = 0; ring < 4; ring++) {
                assertThat(totals.getRingInstructions(ring)).as("ring %d", ring).isEqualTo(rings[ring]);
            }
            long traps =
                    run.events.stream().filter(Event.Trap.class::isInstance).count();
            assertThat(totals.getEventCounts().getTraps()).isEqualTo(traps);
            assertThat(totals.getVectorsList()).singleElement().satisfies(v -> {
                assertThat(v.getVector()).isEqualTo(14);
                assertThat(v.getCount()).isEqualTo(traps);
            });
            assertThat(totals.getAccessCount()).isEqualTo(run.accesses.size());
        }
    }

    @Test
    void checkpointsHoldStateAndMemory() throws IOException {
        Path file = folder.resolve("a.rst");
        SyntheticRun run = record(file, 8, 10_000, options(Detail.FLOW));
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.map().checkpoints()).hasSizeBetween(3, 5);
            int last = trace.map().checkpoints().size() - 1;
            CheckpointEncoder.State state =
                    trace.checkpoint(last).state(trace.machine().registers());
            long position = trace.map().checkpoints().get(last).position();
            assertThat(state.registers().getFirst()).containsExactly(position * 3, 2, position, ~position);
            assertThat(new String(state.processors().getFirst(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("cpu@" + position);
            assertThat(state.devices().get(1).name()).isEqualTo("com1");
        }
        assertThat(run.machine.position).isPositive();
    }

    @Test
    void aRingChangeHoldsFromTheNextInstructionIfItsOwnRetires() {
        for (Event.Cause cause : Event.Cause.values()) {
            var change =
                    new Event.RingChange(10, 3, 0, Event.Mode.LONG64, Event.Mode.LONG64, cause, -1, -1, 0, 0, 0, 0, 0);
            assertThat(RingEffect.position(change))
                    .as(cause.name())
                    .isEqualTo(
                            switch (cause) {
                                case EXCEPTION, EXTERNAL_INTERRUPT, NMI, RESET, DEBUGGER -> 10;
                                default -> 11;
                            });
        }
    }
}
