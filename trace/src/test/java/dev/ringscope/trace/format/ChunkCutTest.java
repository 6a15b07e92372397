package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.Chunk;
import dev.ringscope.proto.trace.v1.CodeKind;
import dev.ringscope.proto.trace.v1.StateDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A REP instruction makes accesses without end at one position: chunks are cut there, and nothing is lost or reordered.
 */
class ChunkCutTest {
    private final ChunkEncoder encoder = new ChunkEncoder(true, 1);
    private final List<Chunk> chunks = new ArrayList<>();
    private long stored;

    @AfterEach
    void close() {
        encoder.close();
    }

    private void keep(ChunkEncoder.Encoded chunk) {
        if (chunk != null) {
            chunks.add(chunk.chunk());
        }
    }

    /** A full log of stores at a position, each of another value. */
    private void store(long position) {
        AccessLog log = new AccessLog();
        log.base = position;
        for (int i = 0; i < AccessLog.CAPACITY; i++) {
            log.address[i] = 0x10000 + 8 * stored;
            log.value[i] = stored++;
            log.kind[i] = AccessLog.WRITE | 8;
        }
        log.count = AccessLog.CAPACITY;
        encoder.accesses(log);
    }

    @Test
    void chunksAreCutWhereverTheyAreFull() {
        encoder.start(0, new Context(0, Event.Mode.LONG64, 0x1000));
        encoder.define(new BlockDefinition(
                0x1000, 0x1000, 0, -1, CodeKind.CODE_KIND_X86_64, new byte[] {1, 2, 3}, new byte[6]));
        encoder.flow(new int[] {0, 0, 0, Recorder.PARTIAL | 1}, 4);
        for (int i = 0; i < 300; i++) {
            store(7);
            keep(encoder.cutIfFull(7));
        }
        encoder.event(new Event.Halt(7, 7, 107));
        encoder.flow(new int[] {0}, 1);
        keep(encoder.cut(new ChunkEncoder.Boundary(
                110,
                new Context(0, Event.Mode.LONG64, 0x1000),
                StateDigest.getDefaultInstance(),
                new ChunkPages(new long[0], null, new long[0], null),
                false)));

        assertThat(chunks).extracting(Chunk::getFirstPosition).containsExactly(0L, 7L, 7L, 7L);
        assertThat(chunks).extracting(Chunk::getInstructionCount).containsExactly(7L, 0L, 0L, 3L);
        assertThat(chunks).extracting(Chunk::getNumber).containsExactly(0L, 1L, 2L, 3L);
        assertThat(chunks).extracting(Chunk::hasEndDigest).containsExactly(false, false, false, true);
        assertThat(decode()).isEqualTo(stored);
    }

    /** Checks that the accesses come back in order. */
    private long decode() {
        BlockGroup group = new BlockGroup();
        long count = 0;
        for (Chunk chunk : chunks) {
            Place place = new Place("f", 0, "");
            ChunkEnvelope envelope = new ChunkEnvelope(
                    new PacketInput.Packet(0, 0, PacketKind.CHUNK, new WireInput(place, chunk.toByteArray())));
            group.add(envelope);
            AccessCursor access = new DecodedChunk(envelope, group).accesses();
            while (access.next()) {
                assertThat(access.position()).isEqualTo(7);
                assertThat(access.value()).isEqualTo(count);
                assertThat(access.address()).isEqualTo(0x10000 + 8 * count);
                count++;
            }
        }
        return count;
    }

    @Test
    void whereItIsCutDoesNotDependOnHowMuchComesAtATime() {
        List<byte[]> expected = withEventsAtEveryInstruction(new Random(1), 1 << 12);
        assertThat(expected).hasSizeGreaterThan(2);
        for (int seed = 2; seed < 6; seed++) {
            assertThat(withEventsAtEveryInstruction(new Random(seed), 1 + 997 * seed))
                    .containsExactlyElementsOf(expected);
        }
    }

    /** Events come as they happen, the flow some time later; new blocks come all the time. */
    private static List<byte[]> withEventsAtEveryInstruction(Random random, int most) {
        List<byte[]> made = new ArrayList<>();
        try (ChunkEncoder encoder = new ChunkEncoder(true, 1)) {
            encoder.start(0, new Context(3, Event.Mode.LONG64, 0x1000));
            int blocks = 100_000;
            for (int id = 0; id < blocks; id++) {
                encoder.define(new BlockDefinition(
                        0x1000 + id, 0x1000 + id, 0, -1, CodeKind.CODE_KIND_X86_64, new byte[] {1, 1, 1}, new byte[3]));
            }
            int happened = 0;
            int told = 0;
            while (told < blocks) {
                int now = Math.min(blocks, happened + random.nextInt(most));
                for (; happened < now; happened++) {
                    for (int i = 0; i < 3; i++) {
                        encoder.event(new Event.PortAccess(3L * happened + i, true, 0x80, 1, i));
                    }
                }
                int[] flow = IntStream.range(told, told + random.nextInt(happened - told + 1))
                        .toArray();
                encoder.flow(flow, flow.length);
                told += flow.length;
                for (var chunk = encoder.cutIfFull(Long.MAX_VALUE);
                        chunk != null;
                        chunk = encoder.cutIfFull(Long.MAX_VALUE)) {
                    made.add(chunk.chunk().toByteArray());
                }
            }
            made.add(encoder.cut(null).chunk().toByteArray());
        }
        return made;
    }

    @Test
    void eventsWithoutEndAtOnePositionAreCutToo() {
        encoder.start(0, new Context(0, Event.Mode.LONG64, 0x1000));
        for (int i = 0; i < 300_000; i++) {
            encoder.event(new Event.PortAccess(0, true, 0x80, 1, 1));
            keep(encoder.cutIfFull(Long.MAX_VALUE));
        }
        assertThat(chunks).hasSize(2);
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(chunk.getInstructionCount()).isZero());
    }

    @Test
    void nothingIsCutWhileTheFlowLagsBehind() {
        encoder.start(0, new Context(0, Event.Mode.LONG64, 0x1000));
        for (int i = 0; i < 200; i++) {
            store(5);
            assertThat(encoder.cutIfFull(5)).isNull();
        }
    }
}
