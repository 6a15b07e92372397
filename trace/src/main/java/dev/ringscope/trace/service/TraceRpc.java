package dev.ringscope.trace.service;

import com.google.protobuf.Message;
import java.io.IOException;

/** Answers calls of an rpc that asks a trace, from several threads at once. */
@FunctionalInterface
interface TraceRpc<Q extends Message, A> {
    /** Sends all answers; the trace stays open meanwhile. */
    void answer(OpenTrace trace, Q request, Call<A> call) throws IOException;

    /** The same for a request whose field name or parent says which trace. */
    default Rpc<Q, A> in(Library library) {
        return (request, call) -> {
            try (Library.Lease lease =
                    library.lease(CommonFields.traceName(request), CommonFields.traceField(request), call)) {
                answer(lease.trace(), request, call);
            }
        };
    }
}
