package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetStateResponse;
import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.proto.query.v1.PositionedEvent;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.ReadMemoryResponse;
import dev.ringscope.proto.query.v1.RegisterState;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.Reindexer;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.Place;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service answers is what the trace holds, read directly. */
class TraceServerTest {
    private static final Place CLIENT = new Place("the client", 0, "");

    @TempDir
    static Path folder;

    private static TraceReader trace;
    private static ServedTrace served;

    @BeforeAll
    static void record() throws IOException {
        Path file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        trace = TraceReader.open(file);
        served = new ServedTrace(file);
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
        trace.close();
    }

    @Test
    void listensOnAFreePortOfTheLoopbackInterface() {
        assertThat(served.server.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(served.server.address().getPort()).isPositive();
    }

    @Test
    void aPortInUseIsAnIoException() {
        assertThatThrownBy(() -> TraceServer.open(
                        new Endpoint.Tcp(served.server.address()), ServerOptions.of(folder.resolve("demo.rst"))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void infoIsTheHeadersAndTheIndexs() {
        GetTraceInfoResponse info = served.client().getTraceInfo(GetTraceInfoRequest.getDefaultInstance());

        assertThat(info.getName()).isEqualTo("demo.rst");
        assertThat(info.getMachine()).isEqualTo(trace.header().getMachine());
        assertThat(info.getEndPosition()).isEqualTo(trace.endPosition()).isPositive();
        assertThat(info.getTotals()).isEqualTo(trace.index().getTotals());
        assertThat(info.getEnd()).isEqualTo(trace.index().getEnd());
        assertThat(info.getChunkCount()).isEqualTo(trace.chunkCount());
        assertThat(info.getCheckpointCount())
                .isEqualTo(trace.map().checkpoints().size());
        assertThat(info.getFileBytes()).isEqualTo(trace.size());
        assertThat(info.getDamage()).isEmpty();
        assertThat(info.getCutShort()).isFalse();
    }

    @Test
    void infoTellsThatTheRecorderDidNotCloseTheFile() throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve("demo.rst"));
        Path cut = Files.write(folder.resolve("cut.rst"), Arrays.copyOf(whole, whole.length * 2 / 3));
        GetTraceInfoResponse damaged;
        try (ServedTrace alone = new ServedTrace(cut)) {
            damaged = alone.client().getTraceInfo(GetTraceInfoRequest.getDefaultInstance());
        }
        Reindexer.replace(cut);
        try (ServedTrace alone = new ServedTrace(cut)) {
            GetTraceInfoResponse info = alone.client().getTraceInfo(GetTraceInfoRequest.getDefaultInstance());
            assertThat(info.getCutShort()).isTrue();
            assertThat(info.getDamage()).isEmpty();
            assertThat(info.getEndPosition())
                    .isEqualTo(damaged.getEndPosition())
                    .isLessThan(trace.endPosition());
        }
        assertThat(damaged.getDamage()).isNotEmpty();
        Files.delete(cut);
    }

    @Test
    void everyInstructionIsListedInBatches() throws IOException {
        List<ListInstructionsResponse> batches = new ArrayList<>();
        served.client()
                .listInstructions(ListInstructionsRequest.getDefaultInstance())
                .forEachRemaining(batches::add);

        InstructionCursor cursor = trace.instructions(0);
        for (ListInstructionsResponse batch : batches) {
            for (Instruction instruction : batch.getInstructionsList()) {
                assertThat(cursor.next()).isTrue();
                assertThat(instruction).isEqualTo(expected(cursor));
            }
        }
        assertThat(cursor.next()).isFalse();
        assertThat(batches).hasSizeGreaterThan(5);
        assertThat(batches.subList(0, batches.size() - 1))
                .allSatisfy(batch -> assertThat(batch.getSerializedSize()).isBetween(200 << 10, 256 << 10));
    }

    private static Instruction expected(InstructionCursor cursor) {
        return Instruction.newBuilder()
                .setPosition(cursor.position())
                .setAddress(cursor.address())
                .setRing(cursor.ring())
                .setCodeKind(cursor.block().kind())
                .setCode(ByteString.copyFrom(cursor.code()))
                .build();
    }

    @Test
    void aListBeginsAndEndsWhereItIsTold() {
        long end = trace.endPosition();
        assertThat(positions(ListInstructionsRequest.newBuilder()
                        .setFromPosition(12_345)
                        .setCount(3)))
                .containsExactly(12_345L, 12_346L, 12_347L);
        assertThat(positions(ListInstructionsRequest.newBuilder()
                        .setFromPosition(12_345)
                        .setToPosition(12_347)))
                .containsExactly(12_345L, 12_346L);
        assertThat(positions(
                        ListInstructionsRequest.newBuilder().setFromPosition(7).setToPosition(7)))
                .isEmpty();
        assertThat(positions(ListInstructionsRequest.newBuilder().setFromPosition(end - 1)))
                .containsExactly(end - 1);
        assertThat(positions(ListInstructionsRequest.newBuilder().setFromPosition(end)))
                .isEmpty();
    }

    private static List<Long> positions(ListInstructionsRequest.Builder request) {
        List<Long> positions = new ArrayList<>();
        served.client()
                .listInstructions(request.build())
                .forEachRemaining(batch -> batch.getInstructionsList().forEach(i -> positions.add(i.getPosition())));
        return positions;
    }

    @Test
    void everyEventIsListed() throws IOException {
        assertThat(events(ListEventsRequest.newBuilder())).isEqualTo(recorded()).hasSizeGreaterThan(100);
    }

    @Test
    void eachSortOfEventsIsListedByItself() throws IOException {
        List<Event> recorded = recorded();
        record Sort(EventKind kind, Class<? extends Event> type) {}
        for (Sort sort : List.of(
                new Sort(EventKind.EVENT_KIND_RING_CHANGE, Event.RingChange.class),
                new Sort(EventKind.EVENT_KIND_TRAP, Event.Trap.class),
                new Sort(EventKind.EVENT_KIND_TABLE_UPDATE, Event.TableUpdate.class),
                new Sort(EventKind.EVENT_KIND_TRANSLATION_FLUSH, Event.TranslationFlush.class),
                new Sort(EventKind.EVENT_KIND_SYSTEM_REGISTER_WRITE, Event.SystemRegisterWrite.class),
                new Sort(EventKind.EVENT_KIND_PORT_ACCESS, Event.PortAccess.class),
                new Sort(EventKind.EVENT_KIND_END, Event.End.class))) {
            assertThat(events(ListEventsRequest.newBuilder().addKinds(sort.kind)))
                    .as("%s", sort.kind)
                    .isNotEmpty()
                    .isEqualTo(recorded.stream().filter(sort.type::isInstance).toList());
        }
    }

    @Test
    void eventsOfSeveralSortsComeInOrderFromAPositionToAnother() throws IOException {
        long from = trace.endPosition() / 4;
        long to = trace.endPosition() / 2;
        List<Event> expected = recorded().stream()
                .filter(e -> e.position() >= from && e.position() < to)
                .filter(e -> e instanceof Event.Trap || e instanceof Event.RingChange)
                .toList();
        ListEventsRequest.Builder request = ListEventsRequest.newBuilder()
                .setFromPosition(from)
                .setToPosition(to)
                .addKinds(EventKind.EVENT_KIND_TRAP)
                .addKinds(EventKind.EVENT_KIND_RING_CHANGE);

        assertThat(events(request)).isNotEmpty().isEqualTo(expected);
        assertThat(events(request.setCount(2))).isEqualTo(expected.subList(0, 2));
    }

    private static List<Event> recorded() throws IOException {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < trace.chunkCount(); i++) {
            EventDecoder decoder = trace.envelope(i).events();
            for (Event event = decoder.next(); event != null; event = decoder.next()) {
                events.add(event);
            }
        }
        return events;
    }

    private static List<Event> events(ListEventsRequest.Builder request) {
        List<Event> events = new ArrayList<>();
        served.client().listEvents(request.build()).forEachRemaining(batch -> {
            for (PositionedEvent event : batch.getEventsList()) {
                assertThat(event.getEvent().getPositionDelta()).isZero();
                events.add(EventDecoder.decode(CLIENT, event.getEvent(), event.getPosition()));
            }
        });
        return events;
    }

    @Test
    void theStateIsThatOfTheTimeline() throws IOException {
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        for (long position : new long[] {0, 1, 77_777, 50_000, trace.endPosition()}) {
            timeline.seek(position);
            var state = timeline.machine().state();

            GetStateResponse answer = served.client()
                    .getState(GetStateRequest.newBuilder().setPosition(position).build());

            assertThat(answer.getPosition()).isEqualTo(position);
            assertThat(answer.getTime()).isEqualTo(state.time());
            assertThat(answer.getContext().getRing())
                    .isEqualTo(state.contexts().getFirst().ring());
            assertThat(answer.getContext().getTranslationRoot())
                    .isEqualTo(state.contexts().getFirst().translationRoot());
            assertThat(answer.getRegistersList()).isEqualTo(expected(state.registers(0)));
        }
    }

    private static List<RegisterState> expected(long[] words) {
        List<RegisterState> expected = new ArrayList<>();
        int at = 0;
        for (Register register : trace.machine().registers()) {
            BigInteger value = BigInteger.ZERO;
            for (int i = 0; i < register.words(); i++) {
                BigInteger word = new BigInteger(Long.toUnsignedString(words[at++]));
                value = value.or(word.shiftLeft(64 * i));
            }
            byte[] bytes = new byte[(register.bits() + 7) / 8];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = value.shiftRight(8 * i).byteValue();
            }
            expected.add(RegisterState.newBuilder()
                    .setName(register.name())
                    .setBits(register.bits())
                    .setValue(ByteString.copyFrom(bytes))
                    .build());
        }
        return expected;
    }

    @Test
    void onlyTheRegistersAskedForAreGivenInTheOrderAskedFor() {
        GetStateResponse answer = served.client()
                .getState(GetStateRequest.newBuilder()
                        .setPosition(1000)
                        .addRegisters("rsp")
                        .addRegisters("rax")
                        .build());

        assertThat(answer.getRegistersList()).extracting(RegisterState::getName).containsExactly("rsp", "rax");
    }

    @Test
    void physicalMemoryIsThatOfTheTimeline() throws IOException {
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        timeline.seek(100_000);
        byte[] expected = Arrays.copyOfRange(timeline.machine().memory().whole(), 0x10_0123, 0x10_0123 + 1_000_000);

        List<ReadMemoryResponse> pieces =
                read(100_000, AddressSpace.ADDRESS_SPACE_PHYSICAL, 0x10_0123, expected.length);

        assertThat(joined(pieces)).isEqualTo(expected);
        assertThat(pieces)
                .hasSize(4)
                .allSatisfy(piece -> assertThat(piece.getData().size()).isLessThanOrEqualTo(256 << 10));
        assertThat(pieces.get(1).getAddress()).isEqualTo(0x10_0123 + (256 << 10));
    }

    @Test
    void virtualMemoryIsReadThroughThePageTables() throws IOException {
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        long position = trace.endPosition();
        timeline.seek(position);
        long stack = timeline.machine().cpu().r[4];
        int physical = (int) timeline.machine().cpu().paging.walk(stack).physical();
        byte[] expected = Arrays.copyOfRange(timeline.machine().memory().whole(), physical, physical + 16);

        assertThat(joined(read(position, AddressSpace.ADDRESS_SPACE_VIRTUAL, stack, 16)))
                .isEqualTo(expected);
    }

    private static List<ReadMemoryResponse> read(long position, AddressSpace space, long address, long size) {
        Iterator<ReadMemoryResponse> answers = served.client()
                .readMemory(ReadMemoryRequest.newBuilder()
                        .setPosition(position)
                        .setAddressSpace(space)
                        .setAddress(address)
                        .setSize(size)
                        .build());
        List<ReadMemoryResponse> pieces = new ArrayList<>();
        answers.forEachRemaining(pieces::add);
        return pieces;
    }

    private static byte[] joined(List<ReadMemoryResponse> pieces) {
        return pieces.stream()
                .map(ReadMemoryResponse::getData)
                .reduce(ByteString.EMPTY, ByteString::concat)
                .toByteArray();
    }

    @Test
    void reflectionListsTheServices() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(served.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable t) {
                        answer.completeExceptionally(t);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(answer.get(1, TimeUnit.MINUTES).getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .containsExactlyInAnyOrder(
                        "dev.ringscope.query.v1.ExportService",
                        "dev.ringscope.query.v1.ReplayService",
                        "dev.ringscope.query.v1.TraceService",
                        "google.longrunning.Operations",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection");
        requests.onCompleted();
    }

    @Test
    void healthIsServing() {
        assertThat(HealthGrpc.newBlockingStub(served.channel())
                        .check(HealthCheckRequest.newBuilder()
                                .setService("dev.ringscope.query.v1.TraceService")
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }
}
