package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.ErrorInfo;
import dev.ringscope.emulator.Event;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.proto.query.v1.PositionedEvent;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.proto.query.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Traps;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gRPC client asks a server over loopback and gets what the queries answer. */
class TraceServerTest {
    @TempDir
    static Path folder;

    private static TraceReader trace;
    private static TraceServer server;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() throws IOException {
        trace = TraceReader.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
        server = new TraceServer("demo", trace, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    }

    @AfterAll
    static void stop() throws Exception {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
        trace.close();
    }

    private static TraceServiceBlockingStub stub() {
        return TraceServiceGrpc.newBlockingStub(channel);
    }

    @Test
    void infoTellsWhatIsInTheTrace() {
        GetTraceInfoResponse info = stub().getTraceInfo(GetTraceInfoRequest.getDefaultInstance());
        assertThat(info.getName()).isEqualTo("demo");
        assertThat(info.getEndPosition()).isEqualTo(trace.endPosition());
        assertThat(info.getMachine().getRamBytes()).isEqualTo(16 << 20);
        assertThat(info.getTotals().getEventCounts().getTraps()).isPositive();
        assertThat(info.getDamage()).isEmpty();
    }

    @Test
    void allInstructionsComeInOrderAndInBatches() {
        Iterator<ListInstructionsResponse> batches =
                stub().listInstructions(ListInstructionsRequest.getDefaultInstance());
        long next = 0;
        int largest = 0;
        while (batches.hasNext()) {
            ListInstructionsResponse batch = batches.next();
            largest = Math.max(largest, batch.getSerializedSize());
            for (Instruction instruction : batch.getInstructionsList()) {
                assertThat(instruction.getPosition()).isEqualTo(next++);
            }
        }
        assertThat(next).isEqualTo(trace.endPosition());
        assertThat(largest).isBetween(200_000, 400_000);
    }

    @Test
    void eventsAreThoseOfTheQuery() throws IOException {
        List<Event.Trap> traps = new ArrayList<>();
        Traps.list(trace, Range.ALL, traps::add);
        List<PositionedEvent> found = new ArrayList<>();
        stub().listEvents(ListEventsRequest.newBuilder()
                        .addKinds(EventKind.EVENT_KIND_TRAP)
                        .build())
                .forEachRemaining(batch -> found.addAll(batch.getEventsList()));
        assertThat(found).extracting(PositionedEvent::getPosition)
                .isEqualTo(traps.stream().map(Event.Trap::position).toList());
        assertThat(found).extracting(e -> e.getEvent().getTrap().getVector())
                .isEqualTo(traps.stream().map(Event.Trap::vector).toList());
    }

    @Test
    void stateHasTheRegisters() {
        var state = stub().getState(GetStateRequest.newBuilder().setPosition(100_000).build());
        assertThat(state.getRegistersList()).anySatisfy(r -> {
            assertThat(r.getName()).isEqualTo("rip");
            assertThat(r.getValue().size()).isEqualTo(8);
        });
        assertThat(state.getTime()).isGreaterThanOrEqualTo(100_000);
    }

    @Test
    void memoryIsReadAcrossBatchesUpToItsEnd() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        var parts = stub().readMemory(ReadMemoryRequest.newBuilder()
                .setPosition(1000)
                .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                .setAddress((16 << 20) - 600_000)
                .setSize(1_000_000)
                .build());
        assertThatThrownBy(() -> parts.forEachRemaining(part -> bytes.writeBytes(part.getData().toByteArray())))
                .satisfies(e -> assertReason(e, Status.Code.OUT_OF_RANGE, "NOT_MAPPED"));
        assertThat(bytes.size()).isEqualTo(600_000);
    }

    @Test
    void badRequestsSayWhy() {
        assertThatThrownBy(() -> stub().getState(GetStateRequest.newBuilder()
                        .setPosition(trace.endPosition() + 1)
                        .build()))
                .satisfies(e -> assertReason(e, Status.Code.OUT_OF_RANGE, "POSITION_OUT_OF_RANGE"));
        assertThatThrownBy(() -> stub().readMemory(ReadMemoryRequest.newBuilder()
                                .setAddressSpace(AddressSpace.ADDRESS_SPACE_VIRTUAL)
                                .build())
                        .next())
                .satisfies(e -> assertReason(e, Status.Code.INVALID_ARGUMENT, "BAD_REQUEST"));
    }

    private static void assertReason(Throwable e, Status.Code code, String reason) {
        assertThat(((StatusRuntimeException) e).getStatus().getCode()).isEqualTo(code);
        assertThat(StatusProto.fromThrowable(e).getDetailsList()).singleElement().satisfies(any -> {
            ErrorInfo info = any.unpack(ErrorInfo.class);
            assertThat(info.getReason()).isEqualTo(reason);
            assertThat(info.getDomain()).isEqualTo("ringscope.dev");
        });
    }

    @Test
    void manyClientsAtOnceGetRightAnswersThoughSomeLeave() throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                boolean leaves = i % 4 == 0;
                counts.add(clients.submit(() -> count(leaves)));
            }
            for (int i = 0; i < 32; i++) {
                assertThat(counts.get(i).get()).isEqualTo(i % 4 == 0 ? 1 : 50_000);
            }
        }
    }

    private static long count(boolean leaves) {
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            return context.call(() -> {
                var batches = stub().listInstructions(ListInstructionsRequest.newBuilder()
                        .setFromPosition(10_000)
                        .setCount(leaves ? 0 : 50_000)
                        .build());
                long count = 0;
                while (batches.hasNext()) {
                    count += leaves ? 1 : batches.next().getInstructionsCount();
                    if (leaves) {
                        return count;
                    }
                }
                return count;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void healthIsServed() {
        var health = HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.newBuilder()
                        .setService("dev.ringscope.query.v1.TraceService")
                        .build());
        assertThat(health.getStatus()).isEqualTo(ServingStatus.SERVING);
    }
}
