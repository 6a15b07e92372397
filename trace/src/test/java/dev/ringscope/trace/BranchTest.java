package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.trace.query.Verifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A branch has the history of its origin, and then a life of its own. */
class BranchTest {
    @TempDir
    Path folder;

    private TraceReader origin(Detail detail) throws IOException {
        Path file = folder.resolve("origin.rst");
        Guests.demonstration(file, Guests.options(detail), machine -> {
            for (int i = 0; i < 5; i++) {
                machine.run(10_000 + 13_333L * i);
                machine.send("com1", ("key " + i).getBytes(StandardCharsets.US_ASCII));
                machine.writeFromDebugger(0x9000 + i, new byte[] {(byte) i, 7});
            }
        });
        return TraceReader.open(file);
    }

    private static void finish(Machine machine, TraceRecorder recorder) {
        machine.end(machine.run(50_000_000));
        recorder.finish(machine.state(), OptionalInt.empty());
    }

    private static List<String> eventsBefore(TraceReader trace, long position) throws IOException {
        List<Event> events = RoundTripTest.events(trace).stream()
                .filter(e -> e.position() < position)
                .toList();
        return RoundTripTest.describe(events);
    }

    @ParameterizedTest
    @EnumSource(Detail.class)
    void whatCameBeforeIsTheOriginsAndWhatFollowsIsVerified(Detail detail) throws IOException {
        Path file = folder.resolve("branch.rst");
        long position = 77_777;
        try (TraceReader origin = origin(detail)) {
            Branch branch = Branch.at(origin, position, file, Guests.options(detail));
            Machine machine = branch.machine();
            assertThat(machine.position()).isEqualTo(position);
            TraceRecorder recorder = branch.leave();
            machine.writeRegisterFromDebugger("r15", 0x1234_5678_9abcL);
            machine.writeFromDebugger(0x9100, new byte[] {1, 2, 3});
            machine.run(position + 5);
            machine.send("com1", "x".getBytes(StandardCharsets.US_ASCII));
            finish(machine, recorder);
            try (TraceReader made = TraceReader.open(file)) {
                assertThat(made.damage()).isEmpty();
                assertThat(made.detail()).isEqualTo(detail);
                assertThat(eventsBefore(made, position)).isEqualTo(eventsBefore(origin, position));
                assertThat(RoundTripTest.instructions(made, 0).subList(0, (int) position))
                        .isEqualTo(RoundTripTest.instructions(origin, 0).subList(0, (int) position));
                assertThat(RoundTripTest.events(made))
                        .filteredOn(e -> e instanceof Event.Input && e.position() == position)
                        .hasSize(2);
                assertThat(new Verifier(made).verify(_ -> {})).isGreaterThan(10);
                Timeline timeline = new Timeline(made, Detail.FLOW);
                timeline.seek(made.endPosition());
                assertThat(timeline.machine().memory().whole()[0x9102]).isEqualTo((byte) 3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 50_000, 60_000, 100_000, 123_456, -1})
    void aBranchThatChangesNothingIsTheSameRun(long where) throws IOException {
        try (TraceReader origin = origin(Detail.MEMORY)) {
            long position = where < 0 ? origin.endPosition() : where;
            Path file = folder.resolve("branch.rst");
            Branch branch = Branch.at(origin, position, file, Guests.options(Detail.MEMORY));
            finish(branch.machine(), branch.leave());
            try (TraceReader made = TraceReader.open(file)) {
                new Verifier(made).verify(_ -> {});
                assertThat(eventsBefore(made, position)).isEqualTo(eventsBefore(origin, position));
                assertThat(RoundTripTest.accesses(made).stream()
                                .filter(a -> a.position() < position)
                                .toList())
                        .isEqualTo(RoundTripTest.accesses(origin).stream()
                                .filter(a -> a.position() < position)
                                .toList());
                assertThat(made.map().checkpoints().getLast().position())
                        .isGreaterThanOrEqualTo(origin.map()
                                .checkpoints()
                                .get(origin.map().checkpointAt(position))
                                .position());
            }
        }
    }

    @Test
    void aBranchCanBeginAtALaterMomentOfAPosition() throws IOException {
        try (TraceReader origin = origin(Detail.FLOW)) {
            Event.Trap trap = RoundTripTest.events(origin).stream()
                    .filter(e -> e instanceof Event.Trap t && t.cause() == Event.Cause.EXCEPTION)
                    .map(Event.Trap.class::cast)
                    .findFirst()
                    .orElseThrow();
            Path file = folder.resolve("branch.rst");
            Branch branch = Branch.at(origin, trap.position(), file, Guests.options(Detail.FLOW));
            assertThat(branch.machine().step()).isEqualTo(Machine.Step.TRAPPED);
            TraceRecorder recorder = branch.leave();
            branch.machine().writeFromDebugger(0x9100, new byte[] {5});
            finish(branch.machine(), recorder);
            try (TraceReader made = TraceReader.open(file)) {
                new Verifier(made).verify(_ -> {});
                List<Event> events = RoundTripTest.events(made);
                assertThat(events).contains(trap);
                assertThat(events.indexOf(trap))
                        .isLessThan(events.indexOf(events.stream()
                                .filter(e -> e instanceof Event.Input i
                                        && i.source().equals("debugger-memory")
                                        && i.data()[8] == 5)
                                .findFirst()
                                .orElseThrow()));
            }
        }
    }

    @Test
    void whatCannotBeABranchIsRefused() throws IOException {
        try (TraceReader origin = origin(Detail.FLOW)) {
            RecordingOptions options = Guests.options(Detail.FLOW);
            Path file = folder.resolve("branch.rst");
            assertThatThrownBy(() -> Branch.at(origin, origin.endPosition() + 1, file, options))
                    .hasMessageContaining("is not within 0.." + origin.endPosition());
            assertThatThrownBy(() -> Branch.at(origin, 5, file, Guests.options(Detail.FULL)))
                    .hasMessageContaining("detail FLOW");
            assertThatThrownBy(() -> Branch.at(origin, 5, Path.of(origin.file()), options))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertThat(file).doesNotExist();
            new Verifier(origin).verify(_ -> {});
        }
    }
}
