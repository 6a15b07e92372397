package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.trace.format.PacketInput;
import dev.ringscope.trace.format.PacketInput.Packet;
import dev.ringscope.trace.format.PacketKind;
import dev.ringscope.trace.format.TraceMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new index says what the recorder's said, as far as the packets go; a file that could lose something stays. */
class ReindexerTest {
    private static final int TRAILER = 45;

    @TempDir
    Path folder;

    private Path file;
    private byte[] whole;

    @BeforeEach
    void record() throws IOException {
        file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        whole = Files.readAllBytes(file);
    }

    @Test
    void withoutItsTrailerAFileBecomesWhatItWas() throws IOException {
        Files.write(file, Arrays.copyOf(whole, whole.length - TRAILER));

        Reindexer.Result result = Reindexer.replace(file);

        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        assertThat(result.unused()).isZero();
        assertThat(files()).containsExactly("demo.rst");
    }

    @Test
    void aWholeFileStaysAsItIs() throws IOException {
        Reindexer.replace(file);

        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }

    @Test
    void cutAnywhereItIsIndexedAsFarAsItsChunksGo() throws IOException {
        List<String> chunks = chunks(whole);
        List<String> checkpoints = checkpoints(whole);
        long header = headerEnd();
        Random random = new Random(5);
        for (int n = 0; n < 40; n++) {
            int length = (int) random.nextLong(header, whole.length);
            byte[] piece = Arrays.copyOf(whole, length);
            List<Long> ends = packetEnds(piece);
            Files.write(file, piece);

            Reindexer.Result result = Reindexer.replace(file);

            byte[] indexed = Files.readAllBytes(file);
            assertThat(result.unused()).as("cut at %d", length).isEqualTo(length - ends.getLast());
            try (TraceReader trace = TraceReader.open(file)) {
                assertThat(trace.damage()).isEmpty();
                assertThat(trace.chunkCount()).isEqualTo(result.chunks());
                boolean closed = result.chunks() == chunks.size();
                assertThat(trace.cutShort().isEmpty()).isEqualTo(closed);
            }
            Reindexer.replace(file);
            assertThat(Files.readAllBytes(file)).as("indexed once more").isEqualTo(indexed);
            assertThat(chunks(indexed)).isEqualTo(chunks.subList(0, count(piece, ends, PacketKind.CHUNK)));
            assertThat(checkpoints(indexed))
                    .isEqualTo(checkpoints.subList(0, count(piece, ends, PacketKind.CHECKPOINT)));
        }
    }

    @Test
    void aFileThatIsDamagedInItsMidstStaysAndItsBeginningCanBeCopied() throws IOException {
        List<String> chunks = chunks(whole);
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 4;
        Files.write(file, damaged);

        assertThatThrownBy(() -> Reindexer.replace(file))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("nothing was changed");
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
        assertThat(files()).containsExactly("demo.rst");

        Path copy = folder.resolve("copy.rst");
        Reindexer.Result result = Reindexer.copy(file, copy);
        assertThat(result.chunks()).isBetween(1, chunks.size() - 1);
        assertThat(chunks(Files.readAllBytes(copy))).isEqualTo(chunks.subList(0, result.chunks()));
    }

    @Test
    void aPacketOfAnUnknownSortIsKept() throws IOException {
        byte[] unknown = packet(new byte[] {0x4a, 3, 1, 2, 3});
        int at = (int) headerEnd();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(whole, 0, at);
        bytes.write(unknown);
        bytes.write(whole, at, whole.length - TRAILER - at);
        Files.write(file, bytes.toByteArray());

        Reindexer.replace(file);

        byte[] indexed = Files.readAllBytes(file);
        assertThat(Arrays.copyOfRange(indexed, at, at + unknown.length)).isEqualTo(unknown);
        assertThat(chunks(indexed)).hasSameSizeAs(chunks(whole));
    }

    @Test
    void aFileThatIsBeingRecordedIsLeftAlone() throws IOException {
        Path other = folder.resolve("other.rst");
        try (TraceReader trace = TraceReader.open(file)) {
            TraceRecorder recorder =
                    new TraceRecorder(other, trace.machine(), RecordingOptions.of(Detail.FLOW, 0, "test"));
            try {
                assertThatThrownBy(() -> Reindexer.replace(other))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("being written");
            } finally {
                recorder.abandon();
            }
        }
    }

    @Test
    void whatIsNoTraceIsRefusedAndStays() throws IOException {
        Files.writeString(file, "no trace at all");

        assertThatThrownBy(() -> Reindexer.replace(file)).isInstanceOf(TraceFormatException.class);
        assertThat(file).hasContent("no trace at all");
        assertThat(files()).containsExactly("demo.rst");
    }

    private List<String> files() throws IOException {
        try (var list = Files.list(folder)) {
            return list.map(path -> path.getFileName().toString()).toList();
        }
    }

    private long headerEnd() throws IOException {
        try (PacketInput in = new PacketInput(file)) {
            return in.read(0).end();
        }
    }

    /** What the index of a file says of its chunks, but for where they are. */
    private List<String> chunks(byte[] bytes) throws IOException {
        try (TraceReader trace = opened(bytes)) {
            return trace.map().chunks().stream()
                    .map(c -> "%d %d %d %s %s"
                            .formatted(c.firstPosition(), c.instructions(), c.firstBlock(), c.closing(), c.summary()))
                    .toList();
        }
    }

    private List<String> checkpoints(byte[] bytes) throws IOException {
        try (TraceReader trace = opened(bytes)) {
            List<String> list = new ArrayList<>();
            for (TraceMap.CheckpointPlace c : trace.map().checkpoints()) {
                list.add(c.position() + " " + c.full() + " "
                        + c.packets().stream()
                                .map(p -> Arrays.toString(p.pages()))
                                .toList());
            }
            return list;
        }
    }

    private TraceReader opened(byte[] bytes) throws IOException {
        Path copy = Files.createTempFile(folder.getParent(), "read", ".rst");
        Files.write(copy, bytes);
        TraceReader trace = TraceReader.open(copy);
        Files.delete(copy);
        return trace;
    }

    /** Where the whole packets of some bytes end; the framing is read here once more. */
    private static List<Long> packetEnds(byte[] bytes) {
        List<Long> ends = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            long length = 0;
            int i = at + 1;
            for (int shift = 0; i < bytes.length; shift += 7) {
                length |= (long) (bytes[i] & 0x7f) << shift;
                if (bytes[i++] >= 0) {
                    break;
                }
            }
            if (i + length > bytes.length || bytes[i - 1] < 0) {
                break;
            }
            at = (int) (i + length);
            ends.add((long) at);
        }
        return ends;
    }

    private int count(byte[] bytes, List<Long> ends, PacketKind kind) throws IOException {
        Path copy = Files.createTempFile(folder.getParent(), "count", ".rst");
        Files.write(copy, bytes);
        int count = 0;
        try (PacketInput in = new PacketInput(copy)) {
            long at = 0;
            for (long end : ends) {
                Packet packet = in.read(at);
                count += packet.kind() == kind ? 1 : 0;
                at = end;
            }
        } finally {
            Files.delete(copy);
        }
        return count;
    }

    private static byte[] packet(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return ByteBuffer.allocate(body.length + 7)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x0a)
                .put((byte) (body.length + 5))
                .put(body)
                .put((byte) 0x7d)
                .putInt((int) crc.getValue())
                .array();
    }
}
