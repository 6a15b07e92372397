package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Zstandard's own decompressor opens what is made by hand. */
class RepeatingFrameTest {
    private final Random random = new Random(9);
    private final RepeatingFrame frame = new RepeatingFrame();

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Bytes, some of which repeat what is so far in front of them. */
    private static void repeat(byte[] bytes, int at, int distance, int count) {
        for (int i = at; i < at + count; i++) {
            bytes[i] = bytes[i - distance];
        }
    }

    private void check(byte[] expected, int first, int distance, int count, int behind) {
        repeat(expected, first, distance, count);
        byte[] opening = Arrays.copyOf(expected, first);
        byte[] rest = Arrays.copyOfRange(expected, first + count, first + count + behind);
        frame.start(expected.length);
        frame.first(Zstd.compress(opening, 1));
        frame.repeat(distance, count);
        frame.plain(rest, 0, rest.length);
        byte[] made = frame.finish().toByteArray();
        assertThat(Zstd.getFrameContentSize(made)).isEqualTo(expected.length);
        assertThat(Zstd.decompress(made, expected.length)).isEqualTo(expected);
    }

    @Test
    void everyLengthOfARepetition() {
        for (int count = 3; count < 3000; count++) {
            check(bytes(100 + count + 9), 100, 8, count, 9);
        }
        for (int bits = 10; bits < 21; bits++) {
            for (int count = (1 << bits) - 8; count <= (1 << bits) + 8; count++) {
                check(bytes(100 + count), 100, 16, count, 0);
            }
        }
    }

    @Test
    void everyDistance() {
        for (int distance = 1; distance <= 4096; distance += distance < 300 ? 1 : 37) {
            check(bytes(5000 + 200_000 + 3), 5000, distance, 200_000, 3);
        }
    }

    @Test
    void firstBytesOfEverySize() {
        for (int size : new int[] {1, 2, 100, 255, 256, 257, 65_535, 65_536, 65_792, 300_000}) {
            byte[] text = bytes(size + 8 + 4000);
            Arrays.fill(text, 0, size / 2, (byte) 7);
            check(text, size + 8, 8, 4000, 0);
        }
    }
}
