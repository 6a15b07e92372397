package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.CallKind;
import dev.ringscope.proto.query.v1.FunctionCall;
import dev.ringscope.proto.query.v1.ListCallsRequest;
import dev.ringscope.proto.query.v1.ListCallsResponse;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Calls;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;

/** Calls and returns, in order. */
final class ListCalls {
    static final Listing<ListCallsRequest, FunctionCall, ListCallsResponse> LISTING = new Listing<>(
            FunctionCall.getDefaultInstance(),
            ListCalls::list,
            items -> ListCallsResponse.newBuilder().addAllCalls(items).build(),
            null);

    private ListCalls() {}

    private static void list(OpenTrace trace, ListCallsRequest request, Filter filter, Answers<FunctionCall> items)
            throws IOException {
        Calls.list(trace.recording(), trace.symbols(), filter, Listing.each(items, c -> message(c, trace.symbols())));
    }

    private static FunctionCall message(Calls.Call call, Symbols symbols) {
        FunctionCall.Builder message = FunctionCall.newBuilder()
                .setPosition(call.position())
                .setKind(kind(call.kind()))
                .setFromAddress(call.from())
                .setToAddress(call.to())
                .setFunction(call.function())
                .setSincePosition(call.since())
                .setDepth(call.depth())
                .setRing(call.ring())
                .setTranslationRoot(call.root())
                .setStack(call.stack())
                .setSlot(call.slot());
        symbols.find(call.function()).ifPresent(message::setSymbol);
        if (call.vector() >= 0) {
            message.setVector(call.vector());
        }
        return message.build();
    }

    private static CallKind kind(Calls.Kind kind) {
        return switch (kind) {
            case CALL -> CallKind.CALL_KIND_CALL;
            case TAIL_CALL -> CallKind.CALL_KIND_TAIL_CALL;
            case GATE -> CallKind.CALL_KIND_GATE;
            case SYSTEM_CALL -> CallKind.CALL_KIND_SYSTEM_CALL;
            case INTERRUPT -> CallKind.CALL_KIND_INTERRUPT;
            case SIGNAL -> CallKind.CALL_KIND_SIGNAL;
            case RETURN -> CallKind.CALL_KIND_RETURN;
            case UNWIND -> CallKind.CALL_KIND_UNWIND;
        };
    }
}
