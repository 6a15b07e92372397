package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends calls in their middle, and notes how long the server goes on working: until no thread answers a call or makes an
 * export, and no machine is being built or asked.
 */
final class CancelledCalls {
    private static final long BOUND = Long.getLong("ringscope.cancel.millis", 3000);
    private static final long UNDERWAY = TimeUnit.MILLISECONDS.toNanos(Long.getLong("ringscope.cancel.after", 20));

    /** Why a call ends. */
    enum Way {
        CANCEL(Status.Code.CANCELLED),
        DEADLINE(Status.Code.DEADLINE_EXCEEDED);

        private final Status.Code code;

        Way(Status.Code code) {
            this.code = code;
        }

        /** How the client sees that the call ended. */
        Status.Code code() {
            return code;
        }
    }

    private final TraceServer server;
    private final ManagedChannel channel;
    private final Map<String, Long> late = new TreeMap<>();

    /** @param channel to a server that nobody else asks */
    CancelledCalls(TraceServer server, ManagedChannel channel) {
        this.server = server;
        this.channel = channel;
    }

    /** Milliseconds for which the work went on, where those were more than the bound, by rpc or format. */
    Map<String, Long> late() {
        return late;
    }

    /** Waits until what has been started is likely to be in its middle. */
    void awaitUnderway() {
        LockSupport.parkNanos(UNDERWAY);
    }

    /** Ends a call to each rpc. @return how many were still under way */
    @SuppressWarnings("unchecked")
    int all(Way way, Collection<? extends MethodDescriptor<?, ?>> methods, Map<String, Message> requests)
            throws Exception {
        int ended = 0;
        for (MethodDescriptor<?, ?> method : methods) {
            var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller();
            Message request = requests.getOrDefault(method.getBareMethodName(), marshaller.getMessagePrototype());
            Status status = end(way, (MethodDescriptor<Message, Message>) method, request, Integer.MAX_VALUE);
            assertThat(status.getCode())
                    .as("%s: %s", method.getFullMethodName(), status)
                    .isIn(way.code, Status.Code.OK, Status.Code.NOT_FOUND);
            ended += status.getCode() == way.code ? 1 : 0;
        }
        return ended;
    }

    /**
     * Ends a call that is under way, or has ended by then.
     *
     * @param reads answers that the client takes, at most
     * @return how it ended
     */
    <Q, A> Status end(Way way, MethodDescriptor<Q, A> method, Q request, int reads) throws Exception {
        CompletableFuture<Status> ended = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT;
        long deadline = System.nanoTime() + UNDERWAY;
        if (way == Way.DEADLINE) {
            options = options.withDeadlineAfter(UNDERWAY, TimeUnit.NANOSECONDS);
        }
        ClientCall<Q, A> call = channel.newCall(method, options);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(status);
                    }
                },
                new Metadata());
        call.request(reads);
        call.sendMessage(request);
        call.halfClose();
        String name = method.getBareMethodName() + " " + way;
        switch (way) {
            case CANCEL -> {
                ServedTrace.await("it begins", () -> ended.isDone() || working());
                awaitUnderway();
                note(name, () -> call.cancel("enough", null));
            }
            case DEADLINE -> {
                LockSupport.parkNanos(deadline - System.nanoTime());
                note(name, () -> {});
            }
        }
        return ended.get(1, TimeUnit.MINUTES);
    }

    /** Notes how long the server works after something. */
    void note(String what, Runnable end) {
        long start = System.nanoTime();
        end.run();
        ServedTrace.await(what + " ends", () -> !working());
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (millis > BOUND) {
            late.put(what, millis);
        }
    }

    private boolean working() {
        return ServedTrace.metric(server, "ringscope_busy_threads") > 0
                || ServedTrace.metric(server, "ringscope_machines_in_use") > 0;
    }
}
