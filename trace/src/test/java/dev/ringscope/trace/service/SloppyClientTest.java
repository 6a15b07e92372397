package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ResourceInfo;
import dev.ringscope.proto.query.v1.CreateSessionRequest;
import dev.ringscope.proto.query.v1.DiffTracesRequest;
import dev.ringscope.proto.query.v1.ExportServiceGrpc;
import dev.ringscope.proto.query.v1.Filter;
import dev.ringscope.proto.query.v1.GetPageRequest;
import dev.ringscope.proto.query.v1.GetSessionRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListSessionsRequest;
import dev.ringscope.proto.query.v1.ListTracesRequest;
import dev.ringscope.proto.query.v1.ReplayServiceGrpc;
import dev.ringscope.proto.query.v1.StartExportRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a request is told by the field of that request, whoever sends it and whatever it holds. */
class SloppyClientTest {
    private static final String A = "traces/a.rst";

    @TempDir
    static Path folder;

    private static ServedTrace served;
    private static ManagedChannel channel;

    @BeforeAll
    static void serve() throws IOException {
        Guests.demonstration(folder.resolve("a.rst"), Detail.FLOW);
        Guests.demonstration(folder.resolve("b.rst"), Detail.FLOW);
        served = new ServedTrace(folder);
        channel = served.channel();
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
    }

    private static TraceServiceGrpc.TraceServiceBlockingStub traces() {
        return TraceServiceGrpc.newBlockingStub(channel);
    }

    private static ReplayServiceGrpc.ReplayServiceBlockingStub sessions() {
        return ReplayServiceGrpc.newBlockingStub(channel);
    }

    private static <Q, A> A ask(MethodDescriptor<Q, A> method, Q request) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
    }

    private static StatusRuntimeException refused(Code code, Runnable call) {
        StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, call::run);
        assertThat(e).isNotNull();
        assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code);
        return e;
    }

    private static <M extends Message> M detail(StatusRuntimeException e, Class<M> type) throws Exception {
        for (Any any : StatusProto.fromThrowable(e).getDetailsList()) {
            if (any.is(type)) {
                return any.unpack(type);
            }
        }
        throw new AssertionError("no %s in %s".formatted(type.getSimpleName(), e.getMessage()));
    }

    private static void refused(Code code, String field, Runnable call) throws Exception {
        StatusRuntimeException e = refused(code, call);
        assertThat(detail(e, BadRequest.class).getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField)
                .containsExactly(field);
        assertThat(e.getStatus().getDescription()).startsWith(field + ": ");
    }

    private static void missing(String kind, String name, Runnable call) throws Exception {
        ResourceInfo info = detail(refused(Code.NOT_FOUND, call), ResourceInfo.class);
        assertThat(info.getResourceType()).isEqualTo("ringscope.dev/" + kind);
        assertThat(info.getResourceName()).isEqualTo(name);
    }

    @Test
    void whatIsNotThereIsNamed() throws Exception {
        missing(
                "trace",
                "traces/no",
                () -> traces().getTraceInfo(GetTraceInfoRequest.newBuilder()
                        .setName("traces/no")
                        .build()));
        missing(
                "trace",
                "a.rst",
                () -> traces().listEvents(ListEventsRequest.newBuilder()
                                .setParent("a.rst")
                                .build())
                        .next());
        missing(
                "trace",
                "traces/no",
                () -> sessions()
                        .listSessions(ListSessionsRequest.newBuilder()
                                .setParent("traces/no")
                                .build()));
        missing(
                "session",
                "x",
                () -> sessions()
                        .getSession(GetSessionRequest.newBuilder().setName("x").build()));
        missing("operation", "", () -> ask(OperationsService.GET, GetOperationRequest.getDefaultInstance()));
    }

    @Test
    void theFieldThatIsToSayWhichTraceIsNamed() throws Exception {
        refused(Code.INVALID_ARGUMENT, "name", () -> traces().getTraceInfo(GetTraceInfoRequest.getDefaultInstance()));
        refused(
                Code.INVALID_ARGUMENT,
                "parent",
                () -> traces().listEvents(ListEventsRequest.getDefaultInstance())
                        .next());
        refused(
                Code.INVALID_ARGUMENT,
                "other",
                () -> traces().diffTraces(
                                DiffTracesRequest.newBuilder().setParent(A).build()));
        refused(
                Code.INVALID_ARGUMENT,
                "events.parent",
                () -> traces().getPage(GetPageRequest.newBuilder()
                        .setEvents(ListEventsRequest.getDefaultInstance())
                        .build()));
    }

    @Test
    void aQuestionInAPageIsRefusedByItsFieldInTheRequest() throws Exception {
        ListInstructionsRequest.Builder question =
                ListInstructionsRequest.newBuilder().setParent(A);
        page(Code.OUT_OF_RANGE, "instructions.from_position", question.clone().setFromPosition(-1));
        page(Code.INVALID_ARGUMENT, "instructions.count", question.clone().setCount(-1));
        page(
                Code.INVALID_ARGUMENT,
                "instructions.filter.rings[0]",
                question.clone().setFilter(Filter.newBuilder().addRings(4)));
        page(
                Code.INVALID_ARGUMENT,
                "instructions.read_mask",
                question.clone().setReadMask(FieldMask.newBuilder().addPaths("no")));
        refused(Code.INVALID_ARGUMENT, "question", () -> traces().getPage(GetPageRequest.getDefaultInstance()));
        refused(
                Code.INVALID_ARGUMENT,
                "page_size",
                () -> traces().getPage(GetPageRequest.newBuilder()
                        .setInstructions(question)
                        .setPageSize(-1)
                        .build()));
    }

    private static void page(Code code, String field, ListInstructionsRequest.Builder question) throws Exception {
        refused(
                code,
                field,
                () -> traces().getPage(GetPageRequest.newBuilder()
                        .setInstructions(question)
                        .build()));
    }

    @Test
    void aPagesSizeIsCustomaryOrBoundedOrRefused() throws Exception {
        for (int size : new int[] {0, 1000, Integer.MAX_VALUE}) {
            assertThat(traces().listTraces(ListTracesRequest.newBuilder()
                                    .setPageSize(size)
                                    .build())
                            .getTracesCount())
                    .isEqualTo(2);
            assertThat(traces().getPage(GetPageRequest.newBuilder()
                                    .setInstructions(
                                            ListInstructionsRequest.newBuilder().setParent(A))
                                    .setPageSize(size)
                                    .build())
                            .getInstructions()
                            .getInstructionsCount())
                    .isEqualTo(size > 1000 ? 10_000 : 1000);
        }
        refused(
                Code.INVALID_ARGUMENT,
                "page_size",
                () -> traces().listTraces(
                                ListTracesRequest.newBuilder().setPageSize(-1).build()));
        refused(
                Code.INVALID_ARGUMENT,
                "page_size",
                () -> sessions()
                        .listSessions(
                                ListSessionsRequest.newBuilder().setPageSize(-1).build()));
        refused(
                Code.INVALID_ARGUMENT,
                "page_size",
                () -> ask(
                        OperationsService.LIST,
                        ListOperationsRequest.newBuilder().setPageSize(-1).build()));
    }

    @Test
    void aTokenOfOneListIsNoneOfAnother() throws Exception {
        for (int i = 0; i < 2; i++) {
            sessions()
                    .createSession(
                            CreateSessionRequest.newBuilder().setParent(A).build());
            export();
        }
        String ofTraces = traces().listTraces(
                        ListTracesRequest.newBuilder().setPageSize(1).build())
                .getNextPageToken();
        String ofSessions = sessions()
                .listSessions(ListSessionsRequest.newBuilder().setPageSize(1).build())
                .getNextPageToken();
        String ofOperations = operations(1, "").getNextPageToken();
        assertThat(List.of(ofTraces, ofSessions, ofOperations)).doesNotContain("");

        for (String token : List.of(ofSessions, ofOperations, "x")) {
            refused(
                    Code.INVALID_ARGUMENT,
                    "page_token",
                    () -> traces().listTraces(ListTracesRequest.newBuilder()
                            .setPageToken(token)
                            .build()));
        }
        for (String token : List.of(ofTraces, ofOperations)) {
            refused(
                    Code.INVALID_ARGUMENT,
                    "page_token",
                    () -> sessions()
                            .listSessions(ListSessionsRequest.newBuilder()
                                    .setPageToken(token)
                                    .build()));
        }
        refused(
                Code.INVALID_ARGUMENT,
                "page_token",
                () -> sessions()
                        .listSessions(ListSessionsRequest.newBuilder()
                                .setParent(A)
                                .setPageToken(ofSessions)
                                .build()));
        for (String token : List.of(ofTraces, ofSessions)) {
            refused(Code.INVALID_ARGUMENT, "page_token", () -> operations(1, token));
        }
    }

    @Test
    void aTokenThatWasChangedIsRefused() throws Exception {
        GetPageRequest page = GetPageRequest.newBuilder()
                .setInstructions(ListInstructionsRequest.newBuilder().setParent(A))
                .setPageSize(1)
                .build();
        byte[] token = Base64.getUrlDecoder().decode(traces().getPage(page).getNextPageToken());
        for (int i = 0; i < token.length; i++) {
            byte[] forged = token.clone();
            forged[i] ^= 0x40;
            refused(
                    Code.INVALID_ARGUMENT,
                    "page_token",
                    () -> traces().getPage(page.toBuilder()
                            .setPageToken(Base64.getUrlEncoder().encodeToString(forged))
                            .build()));
        }
    }

    private static Operation export() {
        return ExportServiceGrpc.newBlockingStub(channel)
                .startExport(StartExportRequest.newBuilder()
                        .setParent(A)
                        .setFormat("vcd")
                        .setToPosition(100)
                        .build());
    }

    private static ListOperationsResponse operations(int size, String token) {
        return ask(
                OperationsService.LIST,
                ListOperationsRequest.newBuilder()
                        .setPageSize(size)
                        .setPageToken(token)
                        .build());
    }

    @Test
    void aListOfOperationsGoesOnBehindOneThatIsGone() {
        export();
        export();
        List<String> all = operations(0, "").getOperationsList().stream()
                .map(Operation::getName)
                .toList();
        List<String> paged = new ArrayList<>();
        String token = "";
        do {
            ListOperationsResponse page = operations(1, token);
            paged.add(page.getOperations(0).getName());
            token = page.getNextPageToken();
            ask(
                    OperationsService.DELETE,
                    DeleteOperationRequest.newBuilder()
                            .setName(page.getOperations(0).getName())
                            .build());
        } while (!token.isEmpty());
        assertThat(paged).isEqualTo(all);
    }

    @Test
    void whoWaitsSaysHowLong() throws Exception {
        String name = export().getName();
        WaitOperationRequest.Builder request = WaitOperationRequest.newBuilder().setName(name);
        for (Duration wrong : List.of(
                Duration.newBuilder().setSeconds(-1).build(),
                Duration.newBuilder().setNanos(-1).build(),
                Duration.newBuilder().setSeconds(Long.MAX_VALUE).build())) {
            refused(
                    Code.INVALID_ARGUMENT,
                    "timeout",
                    () -> ask(
                            OperationsService.WAIT,
                            request.clone().setTimeout(wrong).build()));
        }
        Duration longest = Duration.newBuilder()
                .setSeconds(315_576_000_000L)
                .setNanos(999_999_999)
                .build();
        assertThat(ask(
                                OperationsService.WAIT,
                                request.clone().setTimeout(longest).build())
                        .getDone())
                .isTrue();
    }
}
