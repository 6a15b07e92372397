package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.ringscope.proto.trace.v1.Event;
import dev.ringscope.proto.trace.v1.Packet;
import dev.ringscope.proto.trace.v1.Trace;
import dev.ringscope.trace.query.Expander;
import dev.ringscope.trace.query.Verifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever part of a recording was altered, verifying it in spans notices. */
class VerifierTest {
    @TempDir
    Path folder;

    /** Of a recording that was not closed, so that no index knows where they lie. */
    private List<Packet> packets;

    private final Random random = new Random(11);

    @BeforeEach
    void record() throws IOException {
        Path file = Guests.demonstration(
                folder.resolve("a.rst"), Guests.options(Detail.FLOW).withCompression(false), _ -> {});
        packets = Trace.parseFrom(Files.readAllBytes(file)).getPacketList().stream()
                .filter(p -> !p.hasChunkIndex() && !p.hasIndex() && !p.hasTrailer())
                .toList();
    }

    private int verify() throws IOException {
        return verify(_ -> {});
    }

    private int verify(Expander.Progress progress) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Packet packet : packets) {
            Packets.write(out, packet);
        }
        try (TraceReader trace = TraceReader.open(Files.write(folder.resolve("altered.rst"), out.toByteArray()))) {
            assertThat(trace.map().checkpoints()).hasSizeGreaterThan(4);
            int chunks = new Verifier(trace).verify(progress);
            assertThat(chunks).isEqualTo(trace.chunkCount());
            return chunks;
        }
    }

    /** Some packets of a sort, each altered on its own, are noticed. */
    private void assertNoticed(Predicate<Packet> sort, int times, Consumer<Packet.Builder> change) throws IOException {
        List<Packet> whole = packets;
        int[] candidates = IntStream.range(0, whole.size())
                .filter(i -> sort.test(whole.get(i)))
                .toArray();
        assertThat(candidates).isNotEmpty();
        for (int i = 0; i < times; i++) {
            int number = candidates[random.nextInt(candidates.length)];
            Packet.Builder changed = whole.get(number).toBuilder();
            change.accept(changed);
            packets = new ArrayList<>(whole);
            packets.set(number, changed.build());
            assertThatThrownBy(this::verify).as("packet %d", number).isInstanceOf(DivergenceException.class);
        }
        packets = whole;
    }

    @Test
    void everyChunkIsComparedAndProgressGoesForward() throws IOException {
        List<Long> reached = new ArrayList<>();

        assertThat(verify(reached::add)).isGreaterThan(20);

        assertThat(reached).hasSizeGreaterThan(3).isSorted();
        Packet last = packets.stream().filter(Packet::hasChunk).toList().getLast();
        assertThat(reached.getLast())
                .isEqualTo(last.getChunk().getFirstPosition() + last.getChunk().getInstructionCount());
    }

    @Test
    void anEventThatIsMissingIsNoticed() throws IOException {
        assertNoticed(p -> events(p) > 0 && !p.getChunk().getClosing(), 6, p -> {
            var events = p.getChunkBuilder().getEventsBuilder().getPlainBuilder();
            int number = random.nextInt(events.getEventsCount());
            long delta = events.getEvents(number).getPositionDelta();
            events.removeEvents(number);
            if (number < events.getEventsCount()) {
                events.setEvents(number, later(events.getEvents(number), delta));
            }
            sized(p);
        });
    }

    @Test
    void anEventThatDidNotHappenIsNoticedEvenAsTheLastOfItsChunk() throws IOException {
        assertNoticed(p -> events(p) > 0 && !p.getChunk().getClosing(), 6, p -> {
            var events = p.getChunkBuilder().getEventsBuilder().getPlainBuilder();
            var last = events.getEvents(events.getEventsCount() - 1);
            events.addEvents(later(last, -last.getPositionDelta()));
            sized(p);
        });
    }

    @Test
    void anotherStateInAnyCheckpointIsNoticed() throws IOException {
        assertNoticed(Packet::hasCheckpoint, 6, p -> {
            var state = p.getCheckpointBuilder().getStateBuilder().getPlainBuilder();
            byte[] processor = state.getProcessors(0).toByteArray();
            processor[8] ^= 1;
            state.setProcessors(0, ByteString.copyFrom(processor));
        });
    }

    @Test
    void anotherByteInAnyPageThatACheckpointStoresAnewIsNoticed() throws IOException {
        assertNoticed(
                p -> p.hasPages()
                        && p.getPages().getPosition() > 0
                        && p.getPages().getGroupsCount() > 0,
                6,
                p -> {
                    var group = p.getPagesBuilder()
                            .getGroupsBuilder(random.nextInt(p.getPages().getGroupsCount()));
                    byte[] bytes = group.getPlain().toByteArray();
                    bytes[random.nextInt(bytes.length)] ^= 1;
                    group.setPlain(ByteString.copyFrom(bytes));
                });
    }

    private static int events(Packet packet) {
        return packet.hasChunk() ? packet.getChunk().getEvents().getPlain().getEventsCount() : 0;
    }

    private static Event later(Event event, long by) {
        return event.toBuilder().setPositionDelta(event.getPositionDelta() + by).build();
    }

    private static void sized(Packet.Builder packet) {
        var section = packet.getChunkBuilder().getEventsBuilder();
        section.setUncompressedSize(section.getPlain().getSerializedSize());
    }
}
