package dev.ringscope.trace.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Serves the metrics over HTTP, at /metrics. */
final class MetricsPage implements Closeable {
    private static final int OK = 200, NOT_FOUND = 404;

    private final HttpServer http;
    private final Metrics metrics;

    MetricsPage(InetSocketAddress address, Metrics metrics) throws IOException {
        this.metrics = metrics;
        http = HttpServer.create(address, 0);
        http.createContext("/", this::answer);
        http.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean known = exchange.getRequestURI().getPath().equals("/metrics");
            byte[] body = (known ? metrics.text() : "not found: ask for /metrics\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(known ? OK : NOT_FOUND, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    InetSocketAddress address() {
        return http.getAddress();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
