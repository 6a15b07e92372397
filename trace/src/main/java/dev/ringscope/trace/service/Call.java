package dev.ringscope.trace.service;

import dev.ringscope.trace.query.Asker;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CancellationException;

/**
 * A call under way: a worker thread sends, at the pace at which the client reads. It is cancelled when the client says
 * so, is gone, or its deadline has passed.
 */
final class Call<A> implements Asker {
    private final ServerCallStreamObserver<A> client;

    /** To be made on the network thread that brings the request. */
    Call(StreamObserver<A> observer) {
        client = (ServerCallStreamObserver<A>) observer;
        client.setOnReadyHandler(this::changed);
        client.setOnCancelHandler(this::changed);
    }

    private synchronized void changed() {
        notifyAll();
    }

    @Override
    public void check() {
        if (client.isCancelled()) {
            throw new CancellationException("the client is gone");
        }
    }

    /**
     * Sends an answer, as soon as the client has taken the ones before.
     *
     * @throws CancellationException if nobody waits for it any more
     */
    void send(A answer) {
        awaitReader();
        check();
        client.onNext(answer);
    }

    private synchronized void awaitReader() {
        try {
            while (!client.isReady() && !client.isCancelled()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the server closes");
        }
    }

    <Q> void run(Rpc<Q, A> rpc, Q request) {
        try {
            check();
            rpc.answer(request, this);
            check();
            client.onCompleted();
        } catch (CancellationException e) {
            // Nobody is there to be told; the transport has ended the call already.
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    void fail(Throwable cause) {
        client.onError(Failures.status(cause));
    }
}
