package dev.ringscope.trace.service;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that answer calls, one each: a call that no thread is free for is refused at once. */
final class Workers implements AutoCloseable {
    private static final int MOST = 64;

    private final ThreadPoolExecutor threads;

    Workers() {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(0, MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), body -> {
            Thread thread = new Thread(body, "trace-service-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    <Q, A> void answer(Rpc<Q, A> rpc, Q request, StreamObserver<A> client) {
        Call<A> call = new Call<>(client);
        try {
            threads.execute(() -> call.run(rpc, request));
        } catch (RejectedExecutionException e) {
            call.fail(Refusal.busy("%d calls are being answered already".formatted(MOST)));
        }
    }

    /** Threads that answer a call at the moment. */
    int busy() {
        return threads.getActiveCount();
    }

    /** Waits for the calls under way, which must have been cancelled: they notice soon. */
    @Override
    public void close() {
        threads.close();
    }
}
