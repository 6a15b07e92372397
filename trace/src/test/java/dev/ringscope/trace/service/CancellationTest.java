package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import dev.ringscope.proto.query.v1.CreateSessionRequest;
import dev.ringscope.proto.query.v1.ExportServiceGrpc;
import dev.ringscope.proto.query.v1.Format;
import dev.ringscope.proto.query.v1.ListFormatsRequest;
import dev.ringscope.proto.query.v1.ReadExportRequest;
import dev.ringscope.proto.query.v1.ReplayServiceGrpc;
import dev.ringscope.proto.query.v1.StartExportRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.CountingGuest;
import dev.ringscope.trace.service.CancelledCalls.Way;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The work for a call ends soon after its client has gone or its deadline has passed, and that for an export after it
 * was cancelled. The promise is 100 ms; what fails here is what does not look at all. {@code -Dringscope.cancel.trace}
 * asks another trace, {@code -Dringscope.cancel.millis} bounds the time.
 */
class CancellationTest {
    private static final String TRACE = System.getProperty("ringscope.cancel.trace");
    private static final List<? extends MethodDescriptor<?, ?>> QUESTIONS =
            List.copyOf(TraceServiceGrpc.getServiceDescriptor().getMethods());
    private static final List<? extends MethodDescriptor<?, ?>> MOVES = List.of(
            ReplayServiceGrpc.getSeekMethod(),
            ReplayServiceGrpc.getStepMethod(),
            ReplayServiceGrpc.getContinueMethod());

    @TempDir
    static Path folder;

    private static Path file;
    private static ServedTrace served;
    private static ManagedChannel channel;
    private static long end;

    @BeforeAll
    static void serve() throws IOException {
        file = TRACE != null ? Path.of(TRACE) : CountingGuest.record(folder.resolve("counting.rst"));
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

    /** @return how many were still under way when they were ended */
    private static int all(
            CancelledCalls calls, Way way, Collection<? extends MethodDescriptor<?, ?>> methods, String session)
            throws Exception {
        return calls.all(way, methods, LongQuestions.of(served.client(), end, session));
    }

    @Test
    void aCallEndsWhenItsClientHasGone() throws Exception {
        CancelledCalls calls = new CancelledCalls(served.server, channel);
        int cancelled = all(calls, Way.CANCEL, QUESTIONS, "");
        assertThat(calls.late()).isEmpty();
        assertThat(cancelled).as("calls that were still under way").isGreaterThan(5);
    }

    @Test
    void aCallEndsWhenItsDeadlineHasPassed() throws Exception {
        CancelledCalls calls = new CancelledCalls(served.server, channel);
        int cancelled = all(calls, Way.DEADLINE, QUESTIONS, "");
        assertThat(calls.late()).isEmpty();
        assertThat(cancelled).as("calls that were still under way").isGreaterThan(5);
    }

    @Test
    void aSessionsMoveEndsWhenItsClientHasGone() throws Exception {
        CancelledCalls calls = new CancelledCalls(served.server, channel);
        int cancelled = 0;
        for (Way way : Way.values()) {
            cancelled += all(calls, way, MOVES, session());
        }
        assertThat(calls.late()).isEmpty();
        assertThat(cancelled).isPositive();
    }

    private static String session() {
        return ReplayServiceGrpc.newBlockingStub(channel)
                .createSession(
                        CreateSessionRequest.newBuilder().setPosition(end - 1).build())
                .getSession()
                .getName();
    }

    @Test
    void aCallOverAUnixSocketEndsInTheSameWay() throws Exception {
        Path path = folder.resolve("socket");
        EpollEventLoopGroup threads = new EpollEventLoopGroup(1);
        try (TraceServer server = TraceServer.open(new Endpoint.Unix(path), ServerOptions.of(file))) {
            ManagedChannel unix = NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toFile()))
                    .eventLoopGroup(threads)
                    .channelType(EpollDomainSocketChannel.class)
                    .overrideAuthority("localhost")
                    .usePlaintext()
                    .build();
            CancelledCalls calls = new CancelledCalls(server, unix);
            List<? extends MethodDescriptor<?, ?>> some =
                    List.of(TraceServiceGrpc.getListAccessesMethod(), TraceServiceGrpc.getListCallTreeMethod());
            int cancelled = 0;
            for (Way way : Way.values()) {
                cancelled += all(calls, way, some, "");
            }
            assertThat(calls.late()).isEmpty();
            assertThat(cancelled).isEqualTo(4);
            unix.shutdownNow();
        } finally {
            threads.shutdownGracefully();
        }
    }

    @Test
    void anExportEndsWhenItIsCancelled() {
        CancelledCalls calls = new CancelledCalls(served.server, channel);
        var client = ExportServiceGrpc.newBlockingStub(channel);
        int cancelled = 0;
        for (Format format :
                client.listFormats(ListFormatsRequest.getDefaultInstance()).getFormatsList()) {
            Operation operation = client.startExport(
                    StartExportRequest.newBuilder().setFormat(format.getName()).build());
            calls.awaitUnderway();
            calls.note(format.getName(), () -> cancel(operation));
            Operation ended = await(operation);
            assertThat(ended.getDone()).isTrue();
            cancelled += ended.hasError() ? 1 : 0;
        }
        assertThat(calls.late()).isEmpty();
        assertThat(cancelled).as("exports that were still under way").isGreaterThan(5);
    }

    private static void cancel(Operation operation) {
        ClientCalls.blockingUnaryCall(
                channel,
                OperationsService.CANCEL,
                CallOptions.DEFAULT,
                CancelOperationRequest.newBuilder().setName(operation.getName()).build());
    }

    private static Operation await(Operation operation) {
        return ClientCalls.blockingUnaryCall(
                channel,
                OperationsService.WAIT,
                CallOptions.DEFAULT,
                WaitOperationRequest.newBuilder().setName(operation.getName()).build());
    }

    @Test
    void readingAnExportEndsWithItsClient() throws Exception {
        CancelledCalls calls = new CancelledCalls(served.server, channel);
        var client = ExportServiceGrpc.newBlockingStub(channel);
        Operation operation = client.startExport(StartExportRequest.newBuilder()
                .setFormat("tenet")
                .setToPosition(Math.min(end, 200_000))
                .build());
        assertThat(await(operation).hasResponse()).isTrue();
        for (Way way : Way.values()) {
            var how = calls.end(
                    way,
                    ExportServiceGrpc.getReadExportMethod(),
                    ReadExportRequest.newBuilder()
                            .setOperation(operation.getName())
                            .build(),
                    1);
            assertThat(how.getCode()).isEqualTo(way.code());
        }
        assertThat(calls.late()).isEmpty();
    }
}
