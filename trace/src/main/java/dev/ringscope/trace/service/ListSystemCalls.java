package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.ListSystemCallsRequest;
import dev.ringscope.proto.query.v1.ListSystemCallsResponse;
import dev.ringscope.proto.query.v1.SystemCall;
import dev.ringscope.proto.query.v1.SystemCallAbi;
import dev.ringscope.proto.query.v1.SystemCallEnding;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.SystemCalls;
import java.io.IOException;
import java.util.Set;

/** Linux system calls of ring 3. */
final class ListSystemCalls {
    static final Listing<ListSystemCallsRequest, SystemCall, ListSystemCallsResponse> LISTING = new Listing<>(
            SystemCall.getDefaultInstance(),
            ListSystemCalls::list,
            items -> ListSystemCallsResponse.newBuilder().addAllCalls(items).build(),
            null);

    private ListSystemCalls() {}

    private static void list(OpenTrace trace, ListSystemCallsRequest request, Filter filter, Answers<SystemCall> items)
            throws IOException {
        Set<String> names = Set.copyOf(request.getNamesList());
        SystemCalls.list(trace.recording(), names, filter, Listing.each(items, ListSystemCalls::message));
    }

    private static SystemCall message(SystemCalls.SystemCall call) {
        SystemCall.Builder message = SystemCall.newBuilder()
                .setPosition(call.position())
                .setPc(call.pc())
                .setAbi(
                        switch (call.abi()) {
                            case X86_64 -> SystemCallAbi.SYSTEM_CALL_ABI_X86_64;
                            case I386 -> SystemCallAbi.SYSTEM_CALL_ABI_I386;
                        })
                .setNumber(call.number())
                .addAllArguments(call.arguments())
                .setEnding(
                        switch (call.ending()) {
                            case RETURNED -> SystemCallEnding.SYSTEM_CALL_ENDING_RETURNED;
                            case ELSEWHERE -> SystemCallEnding.SYSTEM_CALL_ENDING_ELSEWHERE;
                            case OPEN -> SystemCallEnding.SYSTEM_CALL_ENDING_OPEN;
                        })
                .setEndPosition(call.end())
                .setTranslationRoot(call.root())
                .setStack(call.stack());
        call.name().ifPresent(message::setName);
        call.result().ifPresent(message::setResult);
        call.error().ifPresent(message::setError);
        for (int n = 0; n < call.strings().size(); n++) {
            if (call.strings().get(n) != null) {
                message.addTextsBuilder().setArgument(n).setText(call.strings().get(n));
            }
        }
        return message.build();
    }
}
