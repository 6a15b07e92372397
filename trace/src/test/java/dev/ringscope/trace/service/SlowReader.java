package dev.ringscope.trace.service;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client that takes a message only when it is told to. */
final class SlowReader<Q, A> implements ClientResponseObserver<Q, A> {
    private final BlockingQueue<A> arrived = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private ClientCallStreamObserver<Q> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> newCall) {
        call = newCall;
        call.disableAutoRequestWithInitial(0);
    }

    /** The next message. */
    A read() throws InterruptedException {
        call.request(1);
        A answer = arrived.poll(1, TimeUnit.MINUTES);
        if (answer == null) {
            throw new AssertionError("no message");
        }
        return answer;
    }

    /** Lets everything come. */
    void hurry() {
        call.request(Integer.MAX_VALUE);
    }

    BlockingQueue<A> arrived() {
        return arrived;
    }

    void cancel() {
        call.cancel("enough", null);
    }

    /** Done when the call has ended, exceptionally if it failed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void onNext(A answer) {
        arrived.add(answer);
    }

    @Override
    public void onError(Throwable t) {
        ended.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {
        ended.complete(null);
    }
}
