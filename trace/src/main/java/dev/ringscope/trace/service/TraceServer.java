package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.TraceReader;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Serves a trace over gRPC, without encryption: meant for loopback. */
public final class TraceServer implements Closeable {
    private static final int CLOSE_SECONDS = 2;

    private final Server server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Starts to listen.
     *
     * @param name the trace's name for clients
     * @param address where; port 0 takes a free one
     * @throws IOException if that address cannot be had
     */
    public TraceServer(String name, TraceReader trace, InetSocketAddress address) throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        server = NettyServerBuilder.forAddress(address)
                .addService(new TraceService(name, trace, threads))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build()
                .start();
        health.setStatus(TraceServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Waits until it is closed. */
    public void await() throws InterruptedException {
        server.awaitTermination();
    }

    /** Ends calls that are under way, too. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }
}
