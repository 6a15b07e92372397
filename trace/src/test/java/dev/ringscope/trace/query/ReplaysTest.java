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
