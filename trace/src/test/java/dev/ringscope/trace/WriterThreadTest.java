package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriterThreadTest {
    private final List<Integer> done = new ArrayList<>();

    @Test
    void stepsAreDoneInOrderAndSettledAtTheEnd() throws IOException {
        try (WriterThread writer = new WriterThread()) {
            for (int i = 0; i < 100; i++) {
                int step = i;
                writer.put(() -> done.add(step));
            }
            writer.settle();
            assertThat(done).isEqualTo(IntStream.range(0, 100).boxed().toList());
        }
    }

    @Test
    void whatWasHandedOverIsDoneBeforeItEnds() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (WriterThread writer = new WriterThread()) {
            writer.put(() -> EncoderThread.uninterruptibly(() -> {
                go.await();
                return null;
            }));
            writer.put(() -> done.add(1));
            assertThat(done).isEmpty();
            go.countDown();
        }
        assertThat(done).containsExactly(1);
    }

    @Test
    void behindAFailureNothingIsDoneAndNobodyWaits() throws IOException {
        try (WriterThread writer = new WriterThread()) {
            writer.put(() -> {
                throw new IOException("no space left");
            });
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            writer.put(() -> done.add(1));
                        }
                        writer.settle();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessage("no space left");
            assertThatThrownBy(writer::settle).hasMessage("no space left");
        }
        assertThat(done).isEmpty();
    }
}
