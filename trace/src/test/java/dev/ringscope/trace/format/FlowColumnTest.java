package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.CodeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Loops in the flow are copied, and come out as if each entry had been looked at. */
class FlowColumnTest {
    private static final int BLOCKS = 200;

    private final Random random = new Random(5);
    private final int[] lengths = random.ints(BLOCKS, 1, 40).toArray();

    private BlockNumbers blocks() {
        BlockNumbers blocks = new BlockNumbers();
        for (int length : lengths) {
            byte[] sizes = new byte[length];
            Arrays.fill(sizes, (byte) 1);
            blocks.define(
                    new BlockDefinition(0x1000, 0x1000, 0, -1, CodeKind.CODE_KIND_X86_64, sizes, new byte[length]));
        }
        return blocks;
    }

    /** A loop of up to 100 blocks, often of one or two, some of which are left early. */
    private void loop(List<Integer> flow) {
        List<Integer> body = new ArrayList<>();
        int size = random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 1 + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            int block = random.nextInt(BLOCKS);
            body.add(block);
            if (random.nextInt(8) == 0) {
                body.add(Recorder.PARTIAL | random.nextInt(lengths[block]));
            }
        }
        for (int times = random.nextInt(500); times >= 0; times--) {
            flow.addAll(body);
        }
        if (random.nextBoolean() && flow.getLast() >= 0) {
            flow.add(Recorder.PARTIAL | random.nextInt(lengths[flow.getLast()]));
        }
    }

    @Test
    void ofRandomLoops() {
        for (int round = 0; round < 200; round++) {
            List<Integer> flow = new ArrayList<>();
            for (int loops = random.nextInt(12); loops >= 0; loops--) {
                loop(flow);
            }
            int[] batch = flow.stream().mapToInt(Integer::intValue).toArray();
            FlowColumn column = new FlowColumn();
            BlockNumbers blocks = blocks();
            long instructions = column.add(batch, batch.length, blocks);

            BlockNumbers plain = blocks();
            int[] expected = new int[batch.length];
            long sum = 0;
            for (int i = 0; i < batch.length; i++) {
                boolean cut = i + 1 < batch.length && batch[i + 1] < 0;
                if (batch[i] >= 0) {
                    expected[i] = plain.number(batch[i]);
                    sum += cut ? batch[i + 1] & ~Recorder.PARTIAL : lengths[batch[i]];
                } else {
                    expected[i] = batch[i];
                }
            }
            assertThat(Arrays.copyOf(column.entries(), column.count())).isEqualTo(expected);
            assertThat(instructions).isEqualTo(sum);
        }
    }
}
