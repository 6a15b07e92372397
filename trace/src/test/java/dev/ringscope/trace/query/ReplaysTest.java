package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Few machines serve all calls, and none gets lost. */
class ReplaysTest {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    @TempDir
    Path folder;

    private TraceReader trace;
    private Replays replays;

    @BeforeEach
    void open() throws IOException {
        trace = TraceReader.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
        replays = new Replays(trace);
    }

    @AfterEach
    void close() throws IOException {
        trace.close();
    }

    @Test
    void theMachineStandsAtThePosition() throws IOException {
        for (long position : new long[] {500, 10_000, 3, trace.endPosition(), 0}) {
            assertThat(replays.at(Detail.FLOW, position, patient(), Timeline::position))
                    .isEqualTo(position);
        }
    }

    @Test
    void theMachineThatHasTheShortestWayIsTaken() throws IOException {
        Timeline first = taken(100);
        Timeline behind = taken(trace.endPosition() - 10);

        assertThat(taken(200)).isSameAs(first);
        if (PROCESSORS > 1) {
            assertThat(behind).isNotSameAs(first);
            assertThat(taken(trace.endPosition())).isSameAs(behind);
        }
    }

    @Test
    void thereAreNoMoreMachinesThanProcessors() throws Exception {
        Set<Timeline> machines = ConcurrentHashMap.newKeySet();
        try (ExecutorService calls = Executors.newFixedThreadPool(8)) {
            List<Future<Long>> positions = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                long position = i * 7919L % trace.endPosition();
                positions.add(calls.submit(() -> replays.at(Detail.FLOW, position, patient(), timeline -> {
                    machines.add(timeline);
                    return timeline.position() - position;
                })));
            }
            for (Future<Long> position : positions) {
                assertThat(position.get()).isZero();
            }
        }
        assertThat(machines).hasSizeBetween(1, PROCESSORS);
    }

    @Test
    void aCallGivenUpOnItsWayLeavesItsMachineToOthers() throws IOException {
        for (int i = 0; i < 3 * PROCESSORS; i++) {
            Asker call = caller(2);
            assertThatThrownBy(() -> replays.at(Detail.FLOW, trace.endPosition() - 1, call, Timeline::position))
                    .isInstanceOf(CancellationException.class);
        }
        assertThat(replays.at(Detail.FLOW, trace.endPosition(), patient(), Timeline::position))
                .isEqualTo(trace.endPosition());
    }

    @Test
    void aMachineThatFailedIsNotUsedAgain() throws IOException {
        Timeline failed = taken(100);
        for (int i = 0; i < 3 * PROCESSORS; i++) {
            assertThatThrownBy(() -> replays.at(Detail.FLOW, 100, patient(), timeline -> {
                        throw new IllegalStateException("in the middle of something");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(taken(100)).isNotSameAs(failed);
    }

    @Test
    void aMachineBuiltInAnothersPlaceFindsNothingOfIt() throws IOException {
        for (int i = 0; i < PROCESSORS; i++) {
            assertThatThrownBy(() -> replays.at(Detail.FLOW, 100, patient(), timeline -> {
                        Arrays.fill(timeline.machine().memory().bytes, (byte) 0xa5);
                        throw new IllegalStateException("in the middle of something");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        for (Detail detail : Detail.values()) {
            for (long position : new long[] {trace.endPosition(), 20_000, 0}) {
                Timeline expected = new Timeline(trace, detail);
                expected.seek(position);
                byte[] found = replays.at(detail, position, patient(), ReplaysTest::memory);
                assertThat(found).as("%s at %d", detail, position).isEqualTo(memory(expected));
            }
        }
    }

    private static byte[] memory(Timeline timeline) {
        return timeline.machine().memory().whole().clone();
    }

    @Test
    void whoGivesUpWhileAMachineIsBuiltLeavesItToOthers() throws Exception {
        for (int looks = 0; looks < 6; looks++) {
            try (TraceReader again = TraceReader.open(Path.of(trace.file()))) {
                Replays fresh = new Replays(again);
                Asker call = caller(looks);
                assertThatThrownBy(() -> fresh.at(Detail.FLOW, again.endPosition(), call, timeline -> {
                            throw new CancellationException("at the latest");
                        }))
                        .isInstanceOf(CancellationException.class);
                assertThat(fresh.at(Detail.FLOW, 500, patient(), Timeline::position))
                        .isEqualTo(500);
                while (fresh.inUse() > 0) {
                    Thread.onSpinWait();
                }
                fresh.close();
            }
        }
    }

    @Test
    void whoGivesUpInTheMiddleOfAnInstructionLeavesNothingOfItToOthers() throws IOException {
        Timeline expected = new Timeline(trace, Detail.FLOW);
        expected.seek(20_000);
        byte[] memory = memory(expected);
        for (int looks = 0; looks < 100; looks += 3) {
            Asker call = caller(looks);
            try {
                replays.at(Detail.FLOW, trace.endPosition(), call, ReplaysTest::memory);
            } catch (CancellationException e) {
                assertThat(e).hasMessage("gone");
            }
            assertThat(replays.at(Detail.FLOW, 20_000, patient(), ReplaysTest::memory))
                    .as("given up after %d looks", looks)
                    .isEqualTo(memory);
        }
    }

    @Test
    void aPositionThatCannotBeReachedTakesNoMachineAway() throws IOException {
        for (int i = 0; i < 3 * PROCESSORS; i++) {
            assertThatThrownBy(() -> replays.at(Detail.FLOW, -1, patient(), Timeline::position))
                    .isInstanceOf(NotReplayableException.class);
        }
        assertThat(replays.inUse()).isZero();
        assertThat(taken(100).position()).isEqualTo(100);
    }

    @Test
    void machinesMadeBeforeSomebodyAsksAreTheOnesThatAreUsed() throws IOException {
        MachineMemory memory = new MachineMemory(MachineMemory.ofThisProcess().most());
        Replays prepared = new Replays(trace, memory);
        prepared.prepare();
        prepared.prepare();
        long used = memory.used();

        assertThat(used).isPositive();
        assertThat(prepared.inUse()).isZero();
        for (long position : new long[] {100, trace.endPosition() - 10, 200}) {
            assertThat(prepared.at(Detail.FLOW, position, patient(), Timeline::position))
                    .isEqualTo(position);
        }
        assertThat(memory.used()).isEqualTo(used);
        prepared.close();
        while (memory.used() > 0) {
            Thread.onSpinWait(); // one may be about to be made
        }
    }

    @Test
    void whereThereIsNoMemoryNoneIsMadeBeforeSomebodyAsks() throws IOException {
        MachineMemory memory = new MachineMemory(1);
        Replays prepared = new Replays(trace, memory);
        prepared.prepare();

        assertThat(memory.used()).isZero();
        assertThat(prepared.at(Detail.FLOW, 100, patient(), Timeline::position)).isEqualTo(100);
    }

    private Timeline taken(long position) throws IOException {
        return replays.at(Detail.FLOW, position, patient(), timeline -> timeline);
    }

    private static Asker patient() {
        return Asker.PATIENT;
    }

    /** One who is gone after a number of looks at it. */
    private static Asker caller(int looks) {
        AtomicInteger left = new AtomicInteger(looks);
        return () -> {
            if (left.getAndDecrement() <= 0) {
                throw new CancellationException("gone");
            }
        };
    }
}
