package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.proto.trace.v1.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages go into a checkpoint and come out again, however many, zero or not. */
class CheckpointPagesTest {
    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void everyPageComesBack(boolean full, boolean zstd) {
        TreeMap<Long, byte[]> memory = memory();
        List<Pages> packets = new ArrayList<>();
        var checkpoint = encode(memory, full, zstd, packets);
        assertThat(checkpoint.getPagePackets()).isEqualTo(packets.size());

        TreeMap<Long, byte[]> read = new TreeMap<>();
        for (Pages packet : packets) {
            byte[] bytes = packet.toByteArray();
            PageGroups groups = new PageGroups(
                    new PacketInput.Packet(0, 0, PacketKind.PAGES, new WireInput(new Place("f", 0, ""), bytes)));
            assertThat(groups.pages()).isSorted();
            groups.forEach(page -> true, (page, from, at) -> {
                byte[] copy = new byte[4096];
                System.arraycopy(from, at, copy, 0, 4096);
                assertThat(read.put(page, copy)).isNull();
            });
        }
        memory.entrySet().removeIf(e -> full && isZero(e.getValue()));
        assertThat(read.keySet()).isEqualTo(memory.keySet());
        read.forEach((page, bytes) -> assertThat(bytes).isEqualTo(memory.get(page)));
        assertThat(checkpoint.getPageCount()).isEqualTo(memory.size());
    }

    private static TreeMap<Long, byte[]> memory() {
        Random random = new Random(5);
        TreeMap<Long, byte[]> memory = new TreeMap<>();
        while (memory.size() < 3000) {
            byte[] bytes = new byte[4096];
            if (random.nextInt(3) != 0) {
                random.nextBytes(bytes);
            }
            memory.put((long) random.nextInt(1 << 20), bytes);
        }
        return memory;
    }

    private static boolean isZero(byte[] bytes) {
        return java.util.Arrays.equals(bytes, new byte[4096]);
    }

    private static dev.ringscope.proto.trace.v1.Checkpoint encode(
            TreeMap<Long, byte[]> memory, boolean full, boolean zstd, List<Pages> packets) {
        List<Long> numbers = new ArrayList<>(memory.keySet());
        try (CheckpointEncoder encoder = new CheckpointEncoder(zstd, List.of())) {
            encoder.begin(0, full);
            for (int from = 0; from < numbers.size(); from += 256) {
                long[] batch = numbers.subList(from, Math.min(numbers.size(), from + 256)).stream()
                        .mapToLong(Long::longValue)
                        .toArray();
                byte[] bytes = new byte[batch.length * 4096];
                for (int i = 0; i < batch.length; i++) {
                    System.arraycopy(memory.get(batch[i]), 0, bytes, 4096 * i, 4096);
                }
                encoder.pages(batch, bytes, packets::add);
            }
            return encoder.end(
                    new CheckpointEncoder.State(
                            0,
                            0,
                            full,
                            List.of(new Snapshot.Context(0, Event.Mode.REAL, 0)),
                            List.of(new long[0]),
                            List.of(new byte[] {1}),
                            List.of(),
                            new byte[0]),
                    packets::add);
        }
    }
}
