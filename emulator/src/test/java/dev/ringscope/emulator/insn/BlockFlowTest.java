package dev.ringscope.emulator.insn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told once, with how often it happened, reaches the recorder as often as that. */
class BlockFlowTest {
    private final BlockFlow flow = new BlockFlow();
    private final List<Integer> wanted = new ArrayList<>();
    private final List<Integer> given = new ArrayList<>();
    private int longest;
    private int position = Integer.MAX_VALUE - 100;
    private boolean torn;

    private final Recorder recorder = new Recorder.OfEvents() {
        @Override
        public void event(Event event) {}

        @Override
        public void flow(int[] entries, int count) {
            longest = Math.max(longest, count);
            torn |= entries[0] < 0;
            Arrays.stream(entries, 0, count).forEach(given::add);
        }
    };

    private void block(int id) {
        flow.entries[flow.count++] = id;
        wanted.add(id);
    }

    /** Blocks go round and round from one of them on, so many in all. */
    private void loop(int began, int executed, int... ids) {
        int instructions = 0;
        for (int i = 0; i < executed; i++) {
            int id = ids[(began + i) % ids.length];
            instructions += length(id);
            wanted.add(id);
        }
        flow.entries[flow.count++] = BlockFlow.LOOP
                | began << BlockFlow.BEGAN
                | BlockFlow.shape(Arrays.stream(ids).map(BlockFlowTest::length).toArray());
        flow.entries[flow.count++] = position;
        position += instructions;
        flow.entries[flow.count++] = position;
        for (int id : ids) {
            flow.entries[flow.count++] = id;
        }
        flow.loops = true;
    }

    private static int length(int id) {
        return 1 + id % Block.MAX;
    }

    private void early(int id, int instructions) {
        block(id);
        int entry = Recorder.PARTIAL | instructions;
        flow.entries[flow.count++] = entry;
        wanted.add(entry);
    }

    /** Loops that end in front of, at and behind the end of a piece, and blocks that end early there. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4_090, 4_091, 4_092, 4_093, 4_094, 4_095, 4_096, 4_097, 8_191, 100_000})
    void loopsAreWrittenOut(int times) {
        block(7);
        loop(0, times, 8);
        early(9, 3);
        loop(0, 1, (1 << 30) - 1);
        early(8, 63);
        loop(0, times, 0);
        loop(1, times, 63, 5);
        early(63, 1);
        loop(2, times, 63, 127, (1 << 30) - 1);
        loop(3, times, 7, 6, 5, 4);
        loop(0, times, 7, 6, 5, 191);
        block(5);
        flow.drain(recorder);
        assertThat(given).isEqualTo(wanted);
        assertThat(longest).isLessThanOrEqualTo(BlockFlow.CAPACITY);
        assertThat(torn).isFalse();
        assertThat(flow.count).isZero();
        assertThat(flow.loops).isFalse();
    }
}
