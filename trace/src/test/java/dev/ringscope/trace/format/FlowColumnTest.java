package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.CodeKind;
import dev.ringscope.proto.trace.v1.FlowSection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Loops in the flow are not written out, and come out as if each entry had been. */
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

    /** A loop of one or two blocks, a hundred, or up to 1,500, some of which are left early. */
    private void loop(List<Integer> flow) {
        List<Integer> body = new ArrayList<>();
        int size = 1 + random.nextInt(new int[] {2, 2, 3, 100, 1500}[random.nextInt(5)]);
        for (int i = 0; i < size; i++) {
            int block = random.nextInt(BLOCKS);
            body.add(block);
            if (random.nextInt(8) == 0) {
                body.add(Recorder.PARTIAL | random.nextInt(lengths[block]));
            }
        }
        for (int times = random.nextInt(size > 200 ? 8 : 1000); times >= 0; times--) {
            flow.addAll(body);
        }
        if (random.nextBoolean() && flow.getLast() >= 0) {
            flow.add(Recorder.PARTIAL | random.nextInt(lengths[flow.getLast()]));
        }
    }

    private int[] flow() {
        List<Integer> flow = new ArrayList<>();
        for (int loops = random.nextInt(12); loops >= 0; loops--) {
            loop(flow);
        }
        return flow.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The group's numbers, and how many instructions they are, each entry looked at. */
    private static int[] numbers(int[] flow, BlockNumbers blocks) {
        int[] numbers = new int[flow.length];
        for (int i = 0; i < flow.length; i++) {
            numbers[i] = flow[i] >= 0 ? (int) blocks.find(flow[i]) : flow[i];
        }
        return numbers;
    }

    private long instructions(int[] flow, int end) {
        long sum = 0;
        for (int i = 0; i < end; i++) {
            boolean cut = i + 1 < end && flow[i + 1] < 0;
            sum += flow[i] < 0 ? flow[i] & ~Recorder.PARTIAL : cut ? 0 : lengths[flow[i]];
        }
        return sum;
    }

    @Test
    void ofRandomLoopsInAnyPieces() {
        for (int round = 0; round < 100; round++) {
            int[] flow = flow();
            FlowColumn column = new FlowColumn();
            BlockNumbers blocks = blocks();
            long instructions = 0;
            for (int at = 0; at < flow.length; ) {
                int end = Math.min(flow.length, at + 1 + random.nextInt(5000));
                instructions += column.add(Arrays.copyOfRange(flow, at, end), end - at, blocks);
                at = end;
                assertThat(instructions).isEqualTo(instructions(flow, at));
            }
            assertThat(Arrays.copyOf(column.entries(column.count()), column.count()))
                    .isEqualTo(numbers(flow, blocks()));
        }
    }

    /** Takes the first entries away as a chunk does. */
    private static FlowSection take(FlowColumn column, int first, Compressor compressor) {
        column.split(first);
        FlowSection section = column.compress(first, compressor).build();
        column.drop(first);
        return section;
    }

    private static int[] entries(FlowSection section) {
        byte[] message = Zstd.decompress(section.getZstd().toByteArray(), section.getUncompressedSize());
        WireInput in = new WireInput(new Place("test", 0, "flow"), message);
        assertThat(in.next()).isTrue();
        WireInput column = in.message();
        int[] entries = new int[column.remaining() / 4];
        Bytes.copy(column.array(), column.position(), entries, entries.length);
        return entries;
    }

    /**
     * Chunks are cut somewhere, when more has come or just that much: their bytes say what was cut and are the same.
     */
    @Test
    void chunksDoNotDependOnThePiecesInWhichTheFlowCame() {
        try (Compressor compressor = new Compressor(true)) {
            for (int round = 0; round < 100; round++) {
                int[] flow = flow();
                int[] numbers = numbers(flow, blocks());
                int[] cuts = random.ints(3, 0, flow.length).sorted().toArray();
                List<FlowSection> before = null;
                for (int way = 0; way < 4; way++) {
                    FlowColumn column = new FlowColumn();
                    BlockNumbers blocks = blocks();
                    List<FlowSection> sections = new ArrayList<>();
                    int at = 0;
                    int cut = 0;
                    int[] rest = numbers;
                    while (cut < cuts.length || at < flow.length) {
                        int end = Math.min(flow.length, at + 1 + random.nextInt(way % 2 == 0 ? 300 : 20_000));
                        column.add(Arrays.copyOfRange(flow, at, end), end - at, blocks);
                        at = end;
                        for (; cut < cuts.length && cuts[cut] <= at; cut++) {
                            int first = cuts[cut] - (numbers.length - rest.length);
                            if (first > 0) {
                                sections.add(take(column, first, compressor));
                                assertThat(entries(sections.getLast())).isEqualTo(Arrays.copyOf(rest, first));
                                rest = Arrays.copyOfRange(rest, first, rest.length);
                            }
                        }
                    }
                    sections.add(take(column, column.count(), compressor));
                    assertThat(entries(sections.getLast())).isEqualTo(rest);
                    assertThat(before == null || sections.equals(before)).isTrue();
                    before = sections;
                }
            }
        }
    }

    @Test
    void aLoopOfAMillionBlocksTakesFewBytes() {
        try (Compressor compressor = new Compressor(true)) {
            FlowColumn column = new FlowColumn();
            BlockNumbers blocks = blocks();
            int[] piece = new int[4000];
            Arrays.setAll(piece, i -> i % 100);
            for (int i = 0; i < 250; i++) {
                column.add(piece, piece.length, blocks);
            }
            assertThat(take(column, column.count(), compressor).getZstd().size())
                    .isLessThan(1200);
        }
    }
}
