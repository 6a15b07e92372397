package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sums of pieces make the sum of the whole, wherever it is cut. */
class Crc32cJoinTest {
    private final Random random = new Random(3);

    @Test
    void ofRandomPieces() {
        for (int round = 0; round < 500; round++) {
            byte[] whole = new byte[random.nextInt(10_000)];
            random.nextBytes(whole);
            Crc32cJoin join = new Crc32cJoin();
            int at = 0;
            while (at < whole.length) {
                int length = random.nextInt(4) == 0 ? 64 : random.nextInt(whole.length - at + 1);
                length = Math.min(length, whole.length - at);
                join.add(Bytes.crc32c(whole, at, length), length);
                at += length;
            }
            assertThat(join.value()).isEqualTo(Bytes.crc32c(whole));
        }
    }
}
