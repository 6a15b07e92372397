package dev.ringscope.trace.service;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts calls, and says what else there is to count, as text that Prometheus reads (exposition format 0.0.4). */
final class Metrics implements ServerInterceptor {
    private static final double NANOS = 1e9;

    private record Ending(String method, Status.Code code) implements Comparable<Ending> {
        @Override
        public int compareTo(Ending other) {
            int order = method.compareTo(other.method);
            return order != 0 ? order : code.compareTo(other.code);
        }
    }

    private record Gauge(String help, LongSupplier value) {}

    private final Map<Ending, LongAdder> calls = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> nanos = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> messages = new ConcurrentSkipListMap<>();
    private final AtomicLong underWay = new AtomicLong();
    private final Map<String, Gauge> gauges = new ConcurrentSkipListMap<>();

    Metrics() {
        gauge("ringscope_calls_under_way", "Calls that have begun and not ended.", underWay::get);
        gauge("ringscope_heap_used_bytes", "Java's heap in use, with garbage.", Metrics::heap);
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    void gauge(String name, String help, LongSupplier value) {
        gauges.put(name, new Gauge(help, value));
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        long start = System.nanoTime();
        underWay.incrementAndGet();
        Counted<Q, A> counted = new Counted<>(call, method, start);
        return new io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
                next.startCall(counted, headers)) {
            @Override
            public void onCancel() {
                counted.ended(Status.Code.CANCELLED);
                super.onCancel();
            }

            @Override
            public void onComplete() {
                counted.ended(counted.code);
                super.onComplete();
            }
        };
    }

    private final class Counted<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final String method;
        private final long start;
        private volatile Status.Code code = Status.Code.UNKNOWN;
        private final java.util.concurrent.atomic.AtomicBoolean ended = new java.util.concurrent.atomic.AtomicBoolean();

        Counted(ServerCall<Q, A> call, String method, long start) {
            super(call);
            this.method = method;
            this.start = start;
        }

        @Override
        public void sendMessage(A message) {
            add(messages, method, 1);
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            code = status.getCode();
            super.close(status, trailers);
        }

        void ended(Status.Code how) {
            if (ended.compareAndSet(false, true)) {
                underWay.decrementAndGet();
                add(calls, new Ending(method, how), 1);
                add(nanos, method, System.nanoTime() - start);
            }
        }
    }

    private static <K> void add(Map<K, LongAdder> counts, K key, long count) {
        counts.computeIfAbsent(key, _ -> new LongAdder()).add(count);
    }

    /** All of it. */
    String text() {
        StringBuilder text = new StringBuilder();
        head(text, "ringscope_calls_total", "Calls that have ended.", "counter");
        calls.forEach((ending, count) -> text.append("ringscope_calls_total{method=\"%s\",code=\"%s\"} %d%n"
                .formatted(ending.method, ending.code, count.sum())));
        head(text, "ringscope_call_seconds_total", "How long they took together.", "counter");
        nanos.forEach((method, sum) ->
                text.append("ringscope_call_seconds_total{method=\"%s\"} %s%n".formatted(method, sum.sum() / NANOS)));
        head(text, "ringscope_messages_sent_total", "Messages handed to clients' calls.", "counter");
        messages.forEach((method, count) ->
                text.append("ringscope_messages_sent_total{method=\"%s\"} %d%n".formatted(method, count.sum())));
        gauges.forEach((name, gauge) -> {
            head(text, name, gauge.help, "gauge");
            text.append("%s %d%n".formatted(name, gauge.value.getAsLong()));
        });
        return text.toString();
    }

    private static void head(StringBuilder text, String name, String help, String type) {
        text.append("# HELP %s %s%n# TYPE %s %s%n".formatted(name, help, name, type));
    }
}
