package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Recording;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * A trace, served over gRPC without encryption: for loopback, or networks that are trusted. Beside
 * {@link TraceService}, reflection (v1 and v1alpha) and health are on.
 */
public final class TraceServer implements Closeable {
    /** Every request fits into a few hundred bytes but a long list of register names. */
    private static final int LONGEST_REQUEST = 256 << 10;

    private static final int CALLS_OF_A_CONNECTION = 64;

    /**
     * Netty's server tells of every call that its client gave up in mid-stream, as a warning with a stack trace: that
     * is no news.
     */
    private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

    static {
        STREAMS.setFilter(record -> !"Stream Error".equals(record.getMessage()));
    }

    private final Server server;
    private final HealthStatusManager health;
    private final Workers workers;
    private final Recording recording;

    private TraceServer(NettyServerBuilder builder, TraceReader trace) throws IOException {
        recording = new Recording(trace);
        health = new HealthStatusManager();
        workers = new Workers();
        server = builder
                // Nothing blocks on network threads, so requests and cancellations need no other.
                .directExecutor()
                .maxInboundMessageSize(LONGEST_REQUEST)
                .maxConcurrentCallsPerConnection(CALLS_OF_A_CONNECTION)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .addService(new TraceService(recording, workers))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .addService(oldReflection())
                .build()
                .start();
        health.setStatus(TraceServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    }

    /** Clients older than gRPC 1.57 know this one only. */
    @SuppressWarnings("deprecation")
    private static BindableService oldReflection() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }

    /**
     * Serves a trace file.
     *
     * @param address port 0 takes any free one
     * @throws IOException if the file cannot be read or the address cannot be had
     * @throws dev.ringscope.trace.TraceFormatException if the file is no trace
     */
    public static TraceServer open(InetSocketAddress address, Path file) throws IOException {
        return open(address, TraceReader.open(file));
    }

    /** Serves an open trace, and closes it in the end, even if the address cannot be had. */
    public static TraceServer open(InetSocketAddress address, TraceReader trace) throws IOException {
        return open(NettyServerBuilder.forAddress(address), trace);
    }

    static TraceServer open(NettyServerBuilder builder, TraceReader trace) throws IOException {
        try {
            return new TraceServer(builder, trace);
        } catch (IOException | RuntimeException e) {
            trace.close();
            throw e;
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenSockets().getFirst();
    }

    /** Waits until somebody closes it. */
    public void awaitClose() throws InterruptedException {
        server.awaitTermination();
    }

    /** Calls under way fail with UNAVAILABLE or CANCELLED. Any thread; more than once does no harm. */
    @Override
    public void close() throws IOException {
        if (!server.isShutdown()) {
            health.enterTerminalState();
        }
        server.shutdownNow();
        workers.close();
        recording.close();
    }
}
