package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server for a trace on the loopback interface, and clients of it. */
final class ServedTrace implements AutoCloseable {
    final TraceServer server;
    /** Messages that the service handed to its clients' calls, read or not. */
    final AtomicInteger sent = new AtomicInteger();

    private final List<ManagedChannel> channels = new ArrayList<>();

    ServedTrace(Path place) throws IOException {
        this(ServerOptions.of(place));
    }

    ServedTrace(ServerOptions options) throws IOException {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server = TraceServer.open(builder.intercept(counting()), options);
    }

    private ServerInterceptor counting() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return next.startCall(
                        new SimpleForwardingServerCall<>(call) {
                            @Override
                            public void sendMessage(A message) {
                                sent.incrementAndGet();
                                super.sendMessage(message);
                            }
                        },
                        headers);
            }
        };
    }

    /** A connection of its own, which takes 1 MiB before its client reads. */
    synchronized ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                .usePlaintext()
                .flowControlWindow(1 << 20)
                .build();
        channels.add(channel);
        return channel;
    }

    TraceServiceGrpc.TraceServiceBlockingStub client() {
        return TraceServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(2, TimeUnit.MINUTES);
    }

    /** One of the server's numbers for Prometheus. */
    long metric(String name) {
        return metric(server, name);
    }

    static long metric(TraceServer server, String name) {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Threads of the service that are answering a call. */
    static long answering() {
        return stacks().filter(stack -> in(stack, Call.class, "run")).count();
    }

    /** Threads of the service that wait for a client to read. */
    static long waitingForReaders() {
        return stacks().filter(stack -> in(stack, Call.class, "awaitReader")).count();
    }

    private static java.util.stream.Stream<StackTraceElement[]> stacks() {
        return Thread.getAllStackTraces().values().stream();
    }

    private static boolean in(StackTraceElement[] stack, Class<?> type, String method) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(type.getName())
                    && frame.getMethodName().equals(method)) {
                return true;
            }
        }
        return false;
    }

    /** Fails if it does not come true within a minute. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Override
    public void close() throws IOException {
        channels.forEach(ManagedChannel::shutdownNow);
        server.close();
    }
}
