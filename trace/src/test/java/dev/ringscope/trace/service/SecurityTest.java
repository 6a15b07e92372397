package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NegotiationType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may not ask gets no answer: tokens, certificates, Unix sockets; and what the metrics tell. */
class SecurityTest {
    @TempDir
    static Path folder;

    private static Path file;

    @BeforeAll
    static void record() throws IOException {
        file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
    }

    private static Endpoint anyPort() {
        return new Endpoint.Tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static GetTraceInfoResponse ask(ManagedChannel channel, String... token) {
        Metadata headers = new Metadata();
        for (String each : token) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), each);
        }
        return TraceServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(1, TimeUnit.MINUTES)
                .getTraceInfo(GetTraceInfoRequest.getDefaultInstance());
    }

    @Test
    void aCallWithoutTheTokenIsRefused() throws IOException {
        try (TraceServer server =
                TraceServer.open(anyPort(), ServerOptions.of(file).withToken("open-sesame"))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            for (String wrong :
                    new String[] {"Bearer open", "Bearer open-sesame2", "open-sesame", "Basic open-sesame"}) {
                assertThatThrownBy(() -> ask(channel, wrong)).hasMessageContaining("UNAUTHENTICATED");
            }
            assertThatThrownBy(() -> ask(channel))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(StatusProto.fromThrowable(e).getDetailsCount())
                                    .isEqualTo(1));
            assertThatThrownBy(() -> HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
                    .hasMessageContaining("UNAUTHENTICATED");
            assertThat(ask(channel, "Bearer open-sesame").getEndPosition()).isPositive();
            assertThat(ask(channel, "bearer open-sesame").getEndPosition()).isPositive();
            channel.shutdownNow();
        }
    }

    private static void openssl(String... arguments) throws Exception {
        Process process = new ProcessBuilder(java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("openssl"), java.util.Arrays.stream(arguments))
                        .toList())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(out).isZero();
    }

    /** A certificate of its own authority. */
    private static void certificate(String name) throws Exception {
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-keyout",
                name + ".key",
                "-out",
                name + ".pem",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1");
    }

    @Test
    void clientsAreEncryptedAndShowACertificate() throws Exception {
        certificate("server");
        certificate("client");
        certificate("stranger");
        ServerOptions options = ServerOptions.of(file)
                .withTls(new ServerOptions.Tls(
                        folder.resolve("server.pem"),
                        folder.resolve("server.key"),
                        Optional.of(folder.resolve("client.pem"))));
        try (TraceServer server = TraceServer.open(anyPort(), options)) {
            assertThat(connect(server, "client")).isPositive();
            assertThatThrownBy(() -> connect(server, "stranger")).isInstanceOf(StatusRuntimeException.class);
            assertThatThrownBy(() -> connect(server, null)).isInstanceOf(StatusRuntimeException.class);
            ManagedChannel plain = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            assertThatThrownBy(() -> ask(plain)).hasMessageContaining("UNAVAILABLE");
            plain.shutdownNow();
        }
    }

    private static long connect(TraceServer server, String client) throws Exception {
        SslContextBuilder context = GrpcSslContexts.forClient()
                .trustManager(folder.resolve("server.pem").toFile());
        if (client != null) {
            context.keyManager(
                    folder.resolve(client + ".pem").toFile(),
                    folder.resolve(client + ".key").toFile());
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "localhost", server.address().getPort())
                .negotiationType(NegotiationType.TLS)
                .sslContext(context.build())
                .build();
        try {
            return ask(channel).getEndPosition();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aUnixSocketIsForItsUserAloneAndGoesWithTheServer() throws Exception {
        Path path = folder.resolve("socket");
        EpollEventLoopGroup threads = new EpollEventLoopGroup(1);
        try (TraceServer server = TraceServer.open(new Endpoint.Unix(path), ServerOptions.of(file))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toFile()))
                    .eventLoopGroup(threads)
                    .channelType(EpollDomainSocketChannel.class)
                    .overrideAuthority("localhost")
                    .usePlaintext()
                    .build();
            assertThat(ask(channel).getEndPosition()).isPositive();
            assertThatThrownBy(() -> TraceServer.open(new Endpoint.Unix(path), ServerOptions.of(file)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("somebody listens");
            channel.shutdownNow();
        } finally {
            threads.shutdownGracefully();
        }
        assertThat(path).doesNotExist();
        assertThatThrownBy(() -> TraceServer.open(new Endpoint.Unix(file), ServerOptions.of(file)))
                .hasMessageContaining("is no socket");
        assertThat(file).exists();
    }

    @Test
    void metricsCountTheCalls() throws Exception {
        try (TraceServer server = TraceServer.open(anyPort(), ServerOptions.of(file))) {
            InetSocketAddress page = server.serveMetrics(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            ask(channel);
            ask(channel);
            assertThatThrownBy(() -> TraceServiceGrpc.newBlockingStub(channel)
                            .getTraceInfo(GetTraceInfoRequest.newBuilder()
                                    .setName("no")
                                    .build()))
                    .hasMessageContaining("NOT_FOUND");
            String method = "method=\"dev.ringscope.query.v1.TraceService/GetTraceInfo\"";
            ServedTrace.await(
                    "the calls are counted",
                    () -> get(page, "/metrics")
                            .contains("ringscope_calls_total{%s,code=\"OK\"} 2%n".formatted(method)));
            assertThat(get(page, "/metrics"))
                    .contains(
                            "ringscope_calls_total{%s,code=\"NOT_FOUND\"} 1".formatted(method),
                            "ringscope_calls_under_way 0",
                            "ringscope_open_traces 1",
                            "# TYPE ringscope_calls_total counter");
            assertThat(get(page, "/other")).startsWith("not found");
            channel.shutdownNow();
        }
    }

    private static String get(InetSocketAddress page, String path) {
        URI uri = URI.create("http://127.0.0.1:" + page.getPort() + path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
