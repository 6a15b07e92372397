package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.Chunk;
import dev.ringscope.proto.trace.v1.CodeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random accesses come back as they were, and are written the same into however many logs they come in. */
class AccessColumnsTest {
    private static final int CHUNKS = 3;
    private static final int ENTRIES = 8_000;

    private record Row(long position, long address, long value, int kind) {}

    private final Random random = new Random(4);
    private final List<BlockDefinition> blocks = new ArrayList<>();
    private final int[][] flow = new int[CHUNKS][];
    private final List<List<Row>> rows = new ArrayList<>();

    private void make() {
        for (int n = 0; n < 300; n++) {
            byte[] lengths = new byte[1 + random.nextInt(random.nextBoolean() ? 4 : 64)];
            java.util.Arrays.fill(lengths, (byte) 1);
            blocks.add(new BlockDefinition(
                    0x1000 + 64 * n,
                    0x1000 + 64 * n,
                    0,
                    -1,
                    CodeKind.CODE_KIND_X86_64,
                    lengths,
                    new byte[lengths.length]));
        }
        long position = 0;
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            List<Row> made = new ArrayList<>();
            List<Integer> entries = new ArrayList<>();
            for (int n = 0; n < ENTRIES; n++) {
                int block = random.nextInt(1 + random.nextInt(blocks.size()));
                int length = blocks.get(block).instructions();
                entries.add(block);
                if (random.nextInt(20) == 0) {
                    length = random.nextInt(length);
                    entries.add(Recorder.PARTIAL | length);
                }
                for (int i = 0; i < length; i++) {
                    accesses(made, position++, block, i);
                }
            }
            accesses(made, position, 0, 0); // an attempt at an instruction that retires in no chunk so far
            flow[chunk] = entries.stream().mapToInt(Integer::intValue).toArray();
            rows.add(made);
        }
    }

    private void accesses(List<Row> made, long position, int block, int instruction) {
        if (random.nextInt(3) == 0) {
            int many = random.nextInt(5_000) == 0 ? 3 * AccessLog.CAPACITY : random.nextInt(1, 4);
            long address = random.nextInt(4) == 0 ? random.nextLong() : 0x10000 + 512L * block + 8 * (position & 0xfff);
            int turn = random.nextInt(1, 4);
            for (int n = 0; n < many; n++) {
                int size = 1 << (instruction & 3);
                int kind = size | (n % turn == 0 ? AccessLog.WRITE : 0);
                long value = random.nextInt(3) == 0 ? random.nextLong() : block;
                made.add(new Row(position, address, size == 8 ? value : value & (1L << 8 * size) - 1, kind));
                address += random.nextInt(9) == 0 ? random.nextInt(64) : size;
            }
        }
    }

    /**
     * @param most accesses in a log
     * @param late each chunk is finished when those behind it have been gathered
     */
    private List<Chunk> encode(int most, boolean late) {
        List<Chunk> chunks = new ArrayList<>();
        List<ChunkEncoder.Draft> drafts = new ArrayList<>();
        try (ChunkEncoder encoder = new ChunkEncoder(true, 1)) {
            encoder.start(0, new Context(0, Event.Mode.LONG64, 0x1000));
            blocks.forEach(encoder::define);
            AccessLog log = new AccessLog();
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                int room = 0;
                for (Row row : rows.get(chunk)) {
                    if (log.count >= room) {
                        log = next(encoder, log);
                        log.base = row.position - (row.position == 0 ? 0 : random.nextInt(2));
                        room = 1 + random.nextInt(most);
                    }
                    add(log, row);
                }
                log = next(encoder, log);
                encoder.flow(flow[chunk], flow[chunk].length);
                drafts.add(encoder.draft(null));
                if (!late) {
                    chunks.add(drafts.removeLast().finish().chunk());
                }
            }
            drafts.forEach(draft -> chunks.add(draft.finish().chunk()));
        }
        return chunks;
    }

    private static AccessLog next(ChunkEncoder encoder, AccessLog log) {
        AccessLog next = log.count == 0 ? log : encoder.accesses(log);
        next.count = 0;
        return next;
    }

    private static void add(AccessLog log, Row row) {
        int n = log.count++;
        log.instruction[n] = (int) (row.position - log.base);
        log.address[n] = row.address;
        log.value[n] = row.value;
        log.kind[n] = (byte) row.kind;
    }

    private static List<Row> decode(Chunk chunk, BlockGroup group) {
        ChunkEnvelope envelope = new ChunkEnvelope(new PacketInput.Packet(
                0, 0, PacketKind.CHUNK, new WireInput(new Place("f", 0, ""), chunk.toByteArray())));
        group.add(envelope);
        List<Row> found = new ArrayList<>();
        AccessCursor a = new DecodedChunk(envelope, group).accesses();
        while (a.next()) {
            found.add(new Row(a.position(), a.address(), a.value(), a.size() | (a.write() ? AccessLog.WRITE : 0)));
        }
        return found;
    }

    @Test
    void accessesComeBackAsTheyWere() {
        make();
        List<Chunk> chunks = encode(AccessLog.CAPACITY, false);
        BlockGroup group = new BlockGroup();
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            assertThat(decode(chunks.get(chunk), group).equals(rows.get(chunk)))
                    .as("chunk " + chunk)
                    .isTrue();
        }
        for (int most : new int[] {1, 10, 1_000, AccessLog.CAPACITY}) {
            assertThat(encode(most, false).equals(chunks))
                    .as("logs of up to " + most)
                    .isTrue();
            assertThat(encode(most, true).equals(chunks))
                    .as("late, logs of up to " + most)
                    .isTrue();
        }
    }
}
