package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.Condition;
import dev.ringscope.proto.query.v1.ContinueRequest;
import dev.ringscope.proto.query.v1.CreateSessionRequest;
import dev.ringscope.proto.query.v1.DiffTracesRequest;
import dev.ringscope.proto.query.v1.Direction;
import dev.ringscope.proto.query.v1.ExportServiceGrpc;
import dev.ringscope.proto.query.v1.Format;
import dev.ringscope.proto.query.v1.GetLastWriteRequest;
import dev.ringscope.proto.query.v1.GetPageRequest;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.ListFormatsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListOriginsRequest;
import dev.ringscope.proto.query.v1.ListRingResidenceRequest;
import dev.ringscope.proto.query.v1.ListTracesRequest;
import dev.ringscope.proto.query.v1.OriginMemory;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.RegisterCondition;
import dev.ringscope.proto.query.v1.ReplayServiceGrpc;
import dev.ringscope.proto.query.v1.SearchMemoryRequest;
import dev.ringscope.proto.query.v1.SeekRequest;
import dev.ringscope.proto.query.v1.StartExportRequest;
import dev.ringscope.proto.query.v1.StepRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.CountingGuest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every rpc ends soon after its client has gone, and every export after it was cancelled. The promise is 100 ms; what
 * fails here is what does not look at all. {@code -Dringscope.cancel.trace} asks another trace,
 * {@code -Dringscope.cancel.millis} bounds the time.
 */
class CancellationTest {
    private static final String TRACE = System.getProperty("ringscope.cancel.trace");
    private static final long BOUND = Long.getLong("ringscope.cancel.millis", 5000);
    private static final long UNDERWAY = TimeUnit.MILLISECONDS.toNanos(Long.getLong("ringscope.cancel.after", 40));

    @TempDir
    static Path folder;

    private static ServedTrace served;
    private static ManagedChannel channel;
    private static long end;
    private final Map<String, Long> late = new TreeMap<>();

    @BeforeAll
    static void serve() throws IOException {
        Path file = TRACE != null ? Path.of(TRACE) : CountingGuest.record(folder.resolve("counting.rst"));
        try (TraceReader reader = TraceReader.open(file)) {
            end = reader.endPosition();
        }
        served = new ServedTrace(file);
        channel = served.channel();
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
    }

    /** What has to be said for a question to be one; others ask for everything. */
    private static Map<String, Message> questions(String session) {
        Map<String, Message> questions = new HashMap<>();
        long address = CountingGuest.COUNTER;
        questions.put(
                "ListOrigins",
                ListOriginsRequest.newBuilder()
                        .setPosition(end)
                        .setMemory(OriginMemory.newBuilder()
                                .setAddress(address)
                                .setSize(4)
                                .setPhysical(true))
                        .build());
        questions.put(
                "GetLastWrite",
                GetLastWriteRequest.newBuilder()
                        .setPosition(end)
                        .setAddress(CountingGuest.UNTOUCHED)
                        .setSize(8)
                        .setPhysical(true)
                        .build());
        questions.put(
                "GetPage",
                GetPageRequest.newBuilder()
                        .setPageSize(10_000)
                        .setInstructions(ListInstructionsRequest.getDefaultInstance())
                        .build());
        questions.put(
                "ListRingResidence",
                ListRingResidenceRequest.newBuilder().setBuckets(1000).build());
        questions.put(
                "DiffTraces",
                DiffTracesRequest.newBuilder()
                        .setOther(served.client()
                                .listTraces(ListTracesRequest.getDefaultInstance())
                                .getTraces(0)
                                .getName())
                        .build());
        questions.put(
                "GetState", GetStateRequest.newBuilder().setPosition(end - 5).build());
        questions.put(
                "ReadMemory",
                ReadMemoryRequest.newBuilder()
                        .setPosition(end - 5)
                        .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                        .setSize(1 << 20)
                        .build());
        questions.put(
                "SearchMemory",
                SearchMemoryRequest.newBuilder()
                        .setPosition(end - 5)
                        .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                        .setLast((1 << 20) - 64)
                        .setPattern(ByteString.copyFromUtf8("nowhere to be found"))
                        .build());
        questions.put(
                "Seek",
                SeekRequest.newBuilder().setName(session).setPosition(end - 3).build());
        questions.put(
                "Step",
                StepRequest.newBuilder().setName(session).setCount(-(end / 2)).build());
        questions.put(
                "Continue",
                ContinueRequest.newBuilder()
                        .setName(session)
                        .setDirection(Direction.DIRECTION_BACKWARDS)
                        .addConditions(Condition.newBuilder()
                                .setRegister(RegisterCondition.newBuilder()
                                        .setRegister("rax")
                                        .setValue(0x1234_5678_9abcL)))
                        .build());
        return questions;
    }

    /** Cancels a call that is under way, or has ended by then; @return how it ended */
    private <Q, A> Status cancel(MethodDescriptor<Q, A> method, Q request) throws Exception {
        CompletableFuture<Status> ended = new CompletableFuture<>();
        ClientCall<Q, A> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(status);
                    }
                },
                new Metadata());
        call.request(Integer.MAX_VALUE);
        call.sendMessage(request);
        call.halfClose();
        ServedTrace.await("it begins", () -> ended.isDone() || ServedTrace.answering() > 0);
        LockSupport.parkNanos(UNDERWAY);
        long start = System.nanoTime();
        call.cancel("enough", null);
        ServedTrace.await(method.getBareMethodName() + " ends", () -> ServedTrace.answering() == 0);
        note(method.getBareMethodName(), start);
        return ended.get(1, TimeUnit.MINUTES);
    }

    private void note(String what, long start) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (millis > BOUND) {
            late.put(what, millis);
        }
    }

    @SuppressWarnings("unchecked")
    private int all(Collection<MethodDescriptor<?, ?>> methods, Map<String, Message> questions) throws Exception {
        int cancelled = 0;
        for (MethodDescriptor<?, ?> method : methods) {
            var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller();
            Message request = questions.getOrDefault(method.getBareMethodName(), marshaller.getMessagePrototype());
            Status status = cancel((MethodDescriptor<Message, Message>) method, request);
            assertThat(status.getCode())
                    .as("%s: %s", method.getFullMethodName(), status)
                    .isIn(Status.Code.CANCELLED, Status.Code.OK, Status.Code.NOT_FOUND);
            cancelled += status.getCode() == Status.Code.CANCELLED ? 1 : 0;
        }
        return cancelled;
    }

    @Test
    void aCallEndsWhenItsClientHasGone() throws Exception {
        int cancelled = all(TraceServiceGrpc.getServiceDescriptor().getMethods(), questions(""));
        assertThat(late).isEmpty();
        assertThat(cancelled).as("calls that were still under way").isGreaterThan(5);
    }

    @Test
    void aSessionsMoveEndsWhenItsClientHasGone() throws Exception {
        var client = ReplayServiceGrpc.newBlockingStub(channel);
        String session = client.createSession(
                        CreateSessionRequest.newBuilder().setPosition(end - 1).build())
                .getSession()
                .getName();
        var moves = ReplayServiceGrpc.getServiceDescriptor().getMethods().stream()
                .filter(m -> !m.getBareMethodName().contains("Session"))
                .toList();
        int cancelled = all(moves, questions(session));
        assertThat(moves).hasSize(3);
        assertThat(late).isEmpty();
        assertThat(cancelled).isPositive();
    }

    @Test
    void anExportEndsWhenItIsCancelled() {
        var client = ExportServiceGrpc.newBlockingStub(channel);
        int cancelled = 0;
        for (Format format :
                client.listFormats(ListFormatsRequest.getDefaultInstance()).getFormatsList()) {
            Operation operation = client.startExport(
                    StartExportRequest.newBuilder().setFormat(format.getName()).build());
            LockSupport.parkNanos(UNDERWAY);
            long start = System.nanoTime();
            ClientCalls.blockingUnaryCall(
                    channel,
                    OperationsService.CANCEL,
                    CallOptions.DEFAULT,
                    CancelOperationRequest.newBuilder()
                            .setName(operation.getName())
                            .build());
            Operation ended = ClientCalls.blockingUnaryCall(
                    channel,
                    OperationsService.WAIT,
                    CallOptions.DEFAULT,
                    WaitOperationRequest.newBuilder()
                            .setName(operation.getName())
                            .build());
            note(format.getName(), start);
            assertThat(ended.getDone()).isTrue();
            cancelled += ended.hasError() ? 1 : 0;
        }
        assertThat(late).isEmpty();
        assertThat(cancelled).as("exports that were still under way").isGreaterThan(5);
    }
}
