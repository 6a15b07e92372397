package dev.ringscope.trace.service;

import dev.ringscope.trace.query.MachineMemory;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Serves traces over gRPC. Beside the services of {@code dev.ringscope.query.v1}, reflection (v1 and v1alpha) and
 * health are on.
 */
public final class TraceServer implements Closeable {
    /** Every request fits into a few hundred bytes but a long list of names or ranges. */
    private static final int LONGEST_REQUEST = 256 << 10;

    private static final int CALLS_OF_A_CONNECTION = 64;
    private static final int LOOKS_WHILE_IDLE = 4;
    private static final int INDEX_SHARE = 4;

    /**
     * Netty's server tells of every call that its client gave up in mid-stream, as a warning with a stack trace: that
     * is no news.
     */
    private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

    static {
        STREAMS.setFilter(record -> !"Stream Error".equals(record.getMessage()));
    }

    private final Server server;
    private final HealthStatusManager health = new HealthStatusManager();
    private final Workers workers = new Workers();
    private final Metrics metrics = new Metrics();
    private final Library library;
    private final Sessions sessions;
    private final Exports exports;
    private final ScheduledExecutorService housekeeper;
    private final Optional<UnixSocket> socket;
    private MetricsPage page;

    private TraceServer(NettyServerBuilder builder, Optional<UnixSocket> socket, ServerOptions options)
            throws IOException {
        this.socket = socket;
        MachineMemory machines = new MachineMemory(options.cacheBytes());
        library = new Library(
                new TraceFolder(options.places()),
                options.symbols(),
                machines,
                options.cacheBytes() / INDEX_SHARE,
                options.idle());
        sessions = new Sessions(options.sessions(), options.idle());
        exports = new Exports(library, options.idle());
        gauges();
        gauges(machines);
        List<ServerServiceDefinition> services = new Rpcs(library, workers).services(sessions, exports);
        // Nothing blocks on network threads, so requests and cancellations need no other.
        builder.directExecutor()
                .maxInboundMessageSize(LONGEST_REQUEST)
                .maxConcurrentCallsPerConnection(CALLS_OF_A_CONNECTION)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(1, TimeUnit.MINUTES)
                .addServices(services)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .addService(oldReflection());
        options.token().ifPresent(token -> builder.intercept(new TokenCheck(token)));
        builder.intercept(metrics);
        if (options.tls().isPresent()) {
            encrypt(builder, options.tls().get());
        }
        server = builder.build().start();
        for (ServerServiceDefinition service : services) {
            health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING);
        }
        housekeeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("trace-service-housekeeper").factory());
        long look = Math.max(1, options.idle().toMillis() / LOOKS_WHILE_IDLE);
        housekeeper.scheduleWithFixedDelay(this::sweep, look, look, TimeUnit.MILLISECONDS);
    }

    private void gauges(MachineMemory machines) {
        metrics.gauge("ringscope_machines_bytes", "What machines for re-execution take.", machines::used);
        metrics.gauge("ringscope_machines_in_use", "Machines that are asked, or waited for.", machines::inUse);
    }

    private void gauges() {
        metrics.gauge(
                "ringscope_busy_threads",
                "Threads that answer calls and make exports.",
                () -> workers.busy() + exports.busy());
        metrics.gauge("ringscope_open_traces", "Traces that are open.", library::openTraces);
        metrics.gauge("ringscope_open_traces_bytes", "What their indexes take, roughly.", library::bytes);
        metrics.gauge("ringscope_sessions", "Sessions that have not expired.", sessions::count);
        metrics.gauge("ringscope_operations", "Exports that have not been forgotten.", exports::count);
    }

    private void sweep() {
        try {
            sessions.sweep();
            exports.sweep();
            library.sweep();
        } catch (IOException | RuntimeException e) {
            System.getLogger(TraceServer.class.getName())
                    .log(System.Logger.Level.WARNING, "looking for what is idle failed", e);
        }
    }

    private static void encrypt(NettyServerBuilder builder, ServerOptions.Tls tls) throws IOException {
        try {
            SslContextBuilder context = GrpcSslContexts.forServer(
                    tls.certificate().toFile(), tls.key().toFile());
            if (tls.clientCa().isPresent()) {
                context.trustManager(tls.clientCa().get().toFile()).clientAuth(ClientAuth.REQUIRE);
            }
            builder.sslContext(context.build());
        } catch (IllegalArgumentException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("certificate or key cannot be used: " + cause.getMessage(), e);
        }
    }

    /** Clients older than gRPC 1.57 know this one only. */
    @SuppressWarnings("deprecation")
    private static BindableService oldReflection() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }

    /**
     * Serves traces. Whether an address may be listened on without encryption or token is the caller's business.
     *
     * @throws IOException if the address cannot be had, or certificates or keys cannot be used
     */
    public static TraceServer open(Endpoint endpoint, ServerOptions options) throws IOException {
        return switch (endpoint) {
            case Endpoint.Tcp tcp -> open(NettyServerBuilder.forAddress(tcp.address()), options);
            case Endpoint.Unix unix -> {
                UnixSocket socket = UnixSocket.prepare(unix.path());
                try {
                    TraceServer server = new TraceServer(socket.builder(), Optional.of(socket), options);
                    socket.publish();
                    yield server;
                } catch (IOException | RuntimeException e) {
                    socket.close();
                    throw e;
                }
            }
        };
    }

    static TraceServer open(NettyServerBuilder builder, ServerOptions options) throws IOException {
        return new TraceServer(builder, Optional.empty(), options);
    }

    /**
     * Begins to open the trace, if there is exactly one, and to make machines for it: the first questions need not wait
     * for that. Returns at once.
     */
    public void prepare() {
        library.openOnly();
    }

    /**
     * Serves metrics over HTTP at /metrics, as text for Prometheus.
     *
     * @return where
     */
    public InetSocketAddress serveMetrics(InetSocketAddress address) throws IOException {
        page = new MetricsPage(address, metrics);
        return page.address();
    }

    /** What {@link #serveMetrics} serves. */
    String metrics() {
        return metrics.text();
    }

    /** The port it listens on, if it is one. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenSockets().getFirst();
    }

    /** Waits until somebody closes it. */
    public void awaitClose() throws InterruptedException {
        server.awaitTermination();
    }

    /** Calls under way fail with UNAVAILABLE or CANCELLED. Any thread; more than once does no harm. */
    @Override
    public synchronized void close() throws IOException {
        if (!server.isShutdown()) {
            health.enterTerminalState();
        }
        server.shutdownNow();
        housekeeper.shutdownNow();
        if (page != null) {
            page.close();
        }
        workers.close();
        exports.close();
        library.close();
        if (socket.isPresent()) {
            socket.get().close();
        }
    }
}
