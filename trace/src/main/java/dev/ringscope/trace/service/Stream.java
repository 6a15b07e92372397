package dev.ringscope.trace.service;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The answering side of a streaming call, filled by a thread that is not gRPC's own: it waits while the client has not taken what was
 * sent, and learns at its next call when the client is gone.
 */
final class Stream<T extends MessageLite> {
    /** The client cancelled, or its deadline passed. */
    static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1;

        Cancelled() {
            super("cancelled", null, false, false);
        }
    }

    private final ServerCallStreamObserver<T> observer;
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** To be called within the call's method, before it returns. */
    Stream(ServerCallStreamObserver<T> observer) {
        this.observer = observer;
        observer.setOnReadyHandler(this::wake);
        observer.setOnCancelHandler(this::wake);
    }

    void send(T message) {
        lock.lock();
        try {
            while (!observer.isReady()) {
                check();
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        check();
        observer.onNext(message);
    }

    /** @throws Cancelled if nobody waits for an answer any more */
    void check() {
        if (observer.isCancelled()) {
            throw new Cancelled();
        }
    }

    void finish() {
        observer.onCompleted();
    }

    void fail(Throwable cause) {
        if (!(cause instanceof Cancelled) && !observer.isCancelled()) {
            observer.onError(Failures.status(cause));
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
