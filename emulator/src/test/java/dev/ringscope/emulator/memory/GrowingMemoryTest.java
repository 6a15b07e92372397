package dev.ringscope.emulator.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Memory that grows is like memory that is there from the start, but for what it takes. */
class GrowingMemoryTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 64 * MIB;

    private final PhysicalMemory whole = new PhysicalMemory(SIZE, new byte[0]);
    private final PhysicalMemory growing = PhysicalMemory.growing(SIZE);
    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void itIsTheSameAfterWhateverIsDone() {
        for (int n = 0; n < 20_000; n++) {
            // farther and farther
            long address = random.nextLong(MIB + (long) n * SIZE / 20_000) % (SIZE - PhysicalMemory.PAGE) & -8;
            step(random.nextInt(7), address);
        }
        assertThat(growing.pageFlags).isEqualTo(whole.pageFlags);
        assertThat(growing.whole()).isEqualTo(whole.whole());
        assertThat(growing.lines).isEqualTo(whole.lines);
    }

    private void step(int kind, long address) {
        long value = random.nextLong();
        byte[] data = {1, 2, 3, (byte) value};
        byte[] page = new byte[PhysicalMemory.PAGE];
        page[17] = (byte) value;
        long number = address / PhysicalMemory.PAGE;
        for (PhysicalMemory memory : new PhysicalMemory[] {whole, growing}) {
            switch (kind) {
                case 0, 1 -> memory.write(address, 8, value);
                case 2 -> memory.load(address, data, 0, data.length);
                case 3 -> memory.markWritten(memory.index(address), 100);
                case 4 -> memory.supply(number, page, 0);
                case 5 -> memory.pageFlags[memory.place(number) / PhysicalMemory.PAGE] |= PhysicalMemory.READ;
                default -> memory.need((int) address, 8);
            }
        }
        assertThat(growing.read(address, 8)).isEqualTo(whole.read(address, 8));
        assertThat(growing.linesOf((int) number)).isEqualTo(whole.linesOf((int) number));
        assertThat(growing.index(address)).isEqualTo(whole.index(address));
    }

    @Test
    void itTakesWhatIsNeeded() {
        assertThat(growing.bytes).hasSizeLessThanOrEqualTo(4 * MIB);
        assertThat(growing.read(5 * MIB, 8)).isZero();
        assertThat(growing.bytes).hasSizeBetween(6 * MIB, SIZE / 2);
        assertThat(growing.index(SIZE)).isEqualTo(-1);
        assertThat(growing.read(SIZE, 1)).isEqualTo(0xff);
        assertThat(growing.bytes).hasSizeLessThan(SIZE);
    }

    @Test
    void whoKeepsTheArraysIsToldOfOthers() {
        int[] told = {0};
        growing.setGrown(() -> told[0]++);
        growing.write(0x1000, 8, 7);
        assertThat(told[0]).isZero();
        growing.makeRoom();
        assertThat(told[0]).isZero();
        growing.write(SIZE - 8, 8, 9);
        growing.complete();
        assertThat(told[0]).isOne();
        assertThat(growing.bytes).hasSize(SIZE);
        assertThat(growing.read(0x1000, 8)).isEqualTo(7);
        assertThat(growing.read(SIZE - 8, 8)).isEqualTo(9);
    }

    @Test
    void inItsPlaceMemoryIsLikeNew() {
        growing.write(0x1000, 8, 7);
        PhysicalMemory other = PhysicalMemory.inPlaceOf(growing, new byte[0]);
        assertThat(other.read(0x1000, 8)).isZero();
        assertThat(other.whole()).isEqualTo(new byte[SIZE]);
    }
}
