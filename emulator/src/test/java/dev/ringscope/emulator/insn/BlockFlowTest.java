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

    private void loop(int id, int times) {
        int length = 1 + id % 64;
        block(id);
        flow.entries[flow.count++] = BlockFlow.TIMES | length * times;
        flow.entries[flow.count++] = length;
        flow.loops = true;
        for (int i = 1; i < times; i++) {
            wanted.add(id);
        }
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
        loop(8, times);
        early(9, 3);
        loop((1 << 30) - 1, 1);
        early(8, 63);
        loop(0, times);
        block(5);
        flow.drain(recorder);
        assertThat(given).isEqualTo(wanted);
        assertThat(longest).isLessThanOrEqualTo(BlockFlow.CAPACITY);
        assertThat(torn).isFalse();
        assertThat(flow.count).isZero();
        assertThat(flow.loops).isFalse();
    }
}
