package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import io.grpc.stub.ServerCallStreamObserver;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Few machines serve all calls, and none gets lost. */
class TimelinesTest {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    @TempDir
    Path folder;

    private TraceReader trace;
    private Timelines timelines;

    @BeforeEach
    void open() throws IOException {
        trace = TraceReader.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
        timelines = new Timelines(trace);
    }

    @AfterEach
    void close() throws IOException {
        trace.close();
    }

    @Test
    void theMachineStandsAtThePosition() throws IOException {
        for (long position : new long[] {500, 10_000, 3, trace.endPosition(), 0}) {
            assertThat(timelines.at(position, patient(), Timeline::position)).isEqualTo(position);
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
                positions.add(calls.submit(() -> timelines.at(position, patient(), timeline -> {
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
            Call<?> call = new Call<>(new Caller(2));
            assertThatThrownBy(() -> timelines.at(trace.endPosition(), call, Timeline::position))
                    .isInstanceOf(CancellationException.class);
        }
        assertThat(timelines.at(trace.endPosition(), patient(), Timeline::position))
                .isEqualTo(trace.endPosition());
    }

    @Test
    void aMachineThatFailedIsNotUsedAgain() throws IOException {
        Timeline failed = taken(100);
        for (int i = 0; i < 3 * PROCESSORS; i++) {
            assertThatThrownBy(() -> timelines.at(100, patient(), timeline -> {
                        throw new IllegalStateException("in the middle of something");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(taken(100)).isNotSameAs(failed);
    }

    private Timeline taken(long position) throws IOException {
        return timelines.at(position, patient(), timeline -> timeline);
    }

    private static Call<?> patient() {
        return new Call<>(new Caller(Integer.MAX_VALUE));
    }

    /** A client that is gone after a number of looks at it. */
    private static final class Caller extends ServerCallStreamObserver<Object> {
        private int looks;

        Caller(int looks) {
            this.looks = looks;
        }

        @Override
        public boolean isCancelled() {
            return looks-- <= 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void onNext(Object answer) {
            throw new AssertionError("nothing is sent here");
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onCompleted() {
            throw new AssertionError("nothing ends here");
        }
    }
}
