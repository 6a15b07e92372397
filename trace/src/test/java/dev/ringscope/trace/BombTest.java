package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import dev.ringscope.proto.trace.v1.EventSection;
import dev.ringscope.proto.trace.v1.FlowSection;
import dev.ringscope.proto.trace.v1.Packet;
import dev.ringscope.proto.trace.v1.Trace;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Recording;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few kilobytes that would become gigabytes are refused before anything of that size is allocated. */
class BombTest {
    private static final int SIZE = 1 << 28;
    private static final int CHUNK = 1;
    /** What a refusal may allocate, in bytes: a small part of the bomb. */
    private static final long MOST = SIZE / 4;

    @TempDir
    Path folder;

    private static ByteString bomb;
    private byte[] whole;
    private Path file;

    @BeforeAll
    static void fill() {
        bomb = ByteString.copyFrom(Zstd.compress(new byte[SIZE], 1));
        assertThat(bomb.size()).isLessThan(SIZE / 1000);
    }

    @BeforeEach
    void record() throws IOException {
        file = folder.resolve("bomb.rst");
        whole = Files.readAllBytes(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
    }

    private interface Use {
        void of(Recording recording) throws IOException;
    }

    private void refused(String expected, Use use) throws IOException {
        try (Recording recording = Recording.open(file)) {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getTotalThreadAllocatedBytes();
            assertThatThrownBy(() -> use.of(recording))
                    .isInstanceOf(TraceFormatException.class)
                    .hasMessageContainingAll("bomb.rst: offset ", expected);
            assertThat(threads.getTotalThreadAllocatedBytes() - before).isLessThan(MOST);
        }
    }

    private static void instructions(Recording recording) throws IOException {
        Instructions.list(recording, Filter.ALL, _ -> true);
    }

    private static void events(Recording recording) throws IOException {
        Events.list(recording, Set.of(), Filter.ALL, _ -> true);
    }

    @Test
    void aSectionThatSaysItsSize() throws IOException {
        Packets.withChunk(
                whole,
                file,
                CHUNK,
                chunk -> chunk.setFlow(
                        FlowSection.newBuilder().setUncompressedSize(SIZE).setZstd(bomb)));
        refused("a section's size", BombTest::instructions);
    }

    @Test
    void aSectionThatLiesAboutItsSize() throws IOException {
        Packets.withChunk(
                whole,
                file,
                CHUNK,
                chunk -> chunk.setEvents(
                        EventSection.newBuilder().setUncompressedSize(5000).setZstd(bomb)));
        refused("a Zstandard frame of 5000 bytes", BombTest::events);
    }

    @Test
    void framesBehindAFrame() throws IOException {
        ByteString small = ByteString.copyFrom(Zstd.compress(new byte[5000], 1));
        Packets.withChunk(
                whole,
                file,
                CHUNK,
                chunk -> chunk.setEvents(
                        EventSection.newBuilder().setUncompressedSize(5000).setZstd(small.concat(bomb))));
        refused("a Zstandard frame", BombTest::events);
    }

    @Test
    void pagesOfACheckpoint() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Packet packet : Trace.parseFrom(whole).getPacketList()) {
            Packet.Builder changed = packet.toBuilder();
            if (packet.hasPages()) {
                changed.getPagesBuilder().getGroupsBuilder(0).setZstd(bomb);
            }
            Packets.write(out, changed.build());
        }
        Files.write(file, out.toByteArray());
        refused("a Zstandard frame of ", recording -> new Timeline(recording.trace(), Detail.FLOW).seek(10));
    }
}
