package dev.ringscope.gdbstub.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    @Test
    void beatsUntilTheAnswerAndNeverBehindIt() throws InterruptedException {
        AtomicInteger beats = new AtomicInteger();
        CountDownLatch some = new CountDownLatch(3);
        Heartbeat heart = new Heartbeat(
                () -> {
                    beats.incrementAndGet();
                    some.countDown();
                },
                1);
        assertThat(some.await(30, TimeUnit.SECONDS)).isTrue();
        heart.close();
        int before = beats.get();

        CountDownLatch later = new CountDownLatch(3);
        try (Heartbeat another = new Heartbeat(later::countDown, 1)) {
            assertThat(later.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(beats).hasValue(before);
    }
}
