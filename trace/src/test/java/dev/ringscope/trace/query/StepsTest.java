package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What instructions did, against the separate lists and against the machine's state. */
class StepsTest {
    @TempDir
    static Path folder;

    private static Recording recording;

    @BeforeAll
    static void record() throws IOException {
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    private static List<Steps.Step> steps(Range range) throws IOException {
        List<Steps.Step> list = new ArrayList<>();
        Steps.list(recording, Filter.of(range), list::add);
        return list;
    }

    @Test
    void nothingIsLostOrToldTwiceAtCheckpoints() throws IOException {
        List<ExecutedInstruction> instructions = new ArrayList<>();
        List<Accesses.Access> accesses = new ArrayList<>();
        List<RegisterWrites.RegisterWrite> writes = new ArrayList<>();
        Instructions.list(recording, Filter.ALL, instructions::add);
        Accesses.list(recording, Accesses.Kind.ALL, Filter.ALL, accesses::add);
        RegisterWrites.list(recording, Set.of(), Filter.ALL, writes::add);
        long end = recording.trace().endPosition();
        accesses.removeIf(a -> a.position() == end);
        writes.removeIf(w -> w.position() == end);

        List<Steps.Step> steps = steps(Range.ALL);

        assertThat(recording.trace().map().checkpoints()).hasSizeGreaterThan(3);
        assertThat(steps.stream().map(s -> s.instruction().position()).toList())
                .isEqualTo(
                        instructions.stream().map(ExecutedInstruction::position).toList());
        assertThat(steps.stream().flatMap(s -> s.accesses().stream()).toList()).isEqualTo(accesses);
        assertThat(steps.stream().flatMap(s -> s.writes().stream()).toList()).isEqualTo(writes);
    }

    @Test
    void theWritesMakeTheRegistersOfTheNextPosition() throws IOException {
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        for (long from : new long[] {3500, 14_048, 49_990, 198_700}) {
            Map<String, long[]> registers =
                    new HashMap<>(State.at(timeline, from).registers());
            for (Steps.Step step : steps(new Range(from, from + 40, 0))) {
                for (RegisterWrites.RegisterWrite write : step.writes()) {
                    registers.computeIfPresent(write.register(), (_, words) -> {
                        long[] changed = words.clone();
                        changed[write.word()] = write.value();
                        return changed;
                    });
                }
            }
            Map<String, long[]> now = State.at(timeline, from + 40).registers();
            for (String general : List.of("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r15")) {
                assertThat(registers.get(general))
                        .as("%s at %d", general, from + 40)
                        .isEqualTo(now.get(general));
            }
        }
    }

    @Test
    void ofAnInstructionThatRepeatsItselfTheFirstAccessesAreListedAndTheOthersCounted() throws IOException {
        try (Recording repeating = RepeatingGuest.record(folder.resolve("repeating.rst"))) {
            List<Steps.Step> steps = new ArrayList<>();
            Steps.list(repeating, Filter.ALL, steps::add);
            Map<Long, List<Accesses.Access>> accesses = new HashMap<>();
            Accesses.list(
                    repeating,
                    Accesses.Kind.ALL,
                    Filter.ALL,
                    a -> accesses.computeIfAbsent(a.position(), _ -> new ArrayList<>())
                            .add(a));

            assertThat(accesses.get(RepeatingGuest.STORES)).hasSize(RepeatingGuest.STORED);
            assertThat(accesses.get(RepeatingGuest.MOVES)).hasSize(2 * RepeatingGuest.MOVED);
            for (Steps.Step step : steps) {
                List<Accesses.Access> all =
                        accesses.getOrDefault(step.instruction().position(), List.of());
                int listed = Math.min(all.size(), 4096);
                assertThat(step.accesses()).isEqualTo(all.subList(0, listed));
                assertThat(step.moreAccesses()).isEqualTo(all.size() - listed);
            }
        }
    }

    @Test
    void anAddressThatARepeatedInstructionTouchesLateCounts() throws IOException {
        try (Recording repeating = RepeatingGuest.record(folder.resolve("late.rst"))) {
            AddressRanges late = AddressRanges.of(List.of(AddressRanges.Span.of(RepeatingGuest.TO, 1)));
            List<Steps.Step> found = new ArrayList<>();
            Steps.list(repeating, Filter.ALL.withAddresses(late), found::add);
            assertThat(found.stream().map(s -> s.instruction().position()).toList())
                    .isEqualTo(List.of(RepeatingGuest.MOVES));
        }
    }

    @Test
    void onlyInstructionsThatTouchedAnAddressAreListed() throws IOException {
        AddressRanges page = AddressRanges.of(List.of(AddressRanges.Span.of(0x402000, 0x1000)));
        List<Steps.Step> found = new ArrayList<>();
        Steps.list(recording, Filter.ALL.withAddresses(page), found::add);

        List<Long> expected = new ArrayList<>();
        Accesses.list(recording, Accesses.Kind.ALL, Filter.ALL, a -> {
            if (page.overlaps(a.address(), a.size()) && !expected.contains(a.position())) {
                expected.add(a.position());
            }
            return true;
        });
        assertThat(found.stream().map(s -> s.instruction().position()).toList())
                .isEqualTo(expected)
                .isNotEmpty();
    }
}
