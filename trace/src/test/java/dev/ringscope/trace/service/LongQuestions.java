package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.Condition;
import dev.ringscope.proto.query.v1.ContinueRequest;
import dev.ringscope.proto.query.v1.DiffTracesRequest;
import dev.ringscope.proto.query.v1.Direction;
import dev.ringscope.proto.query.v1.GetLastWriteRequest;
import dev.ringscope.proto.query.v1.GetPageRequest;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListOriginsRequest;
import dev.ringscope.proto.query.v1.ListRingResidenceRequest;
import dev.ringscope.proto.query.v1.ListTracesRequest;
import dev.ringscope.proto.query.v1.OriginMemory;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.RegisterCondition;
import dev.ringscope.proto.query.v1.SearchMemoryRequest;
import dev.ringscope.proto.query.v1.SeekRequest;
import dev.ringscope.proto.query.v1.StepRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.query.CountingGuest;
import java.util.HashMap;
import java.util.Map;

/** A request for each rpc that has to be told something before it works for long, by the rpc's name. */
final class LongQuestions {
    private LongQuestions() {}

    /** What has to be said for a question to be one; others ask for everything. */
    static Map<String, Message> of(TraceServiceGrpc.TraceServiceBlockingStub client, long end, String session) {
        Map<String, Message> questions = new HashMap<>();
        long address = CountingGuest.COUNTER;
        questions.put(
                "ListOrigins",
                ListOriginsRequest.newBuilder()
                        .setPosition(end)
                        .setMemory(OriginMemory.newBuilder()
                                .setAddress(address)
                                .setSize(4)
                                .setPhysical(true))
                        .build());
        questions.put(
                "GetLastWrite",
                GetLastWriteRequest.newBuilder()
                        .setPosition(end)
                        .setAddress(CountingGuest.UNTOUCHED)
                        .setSize(8)
                        .setPhysical(true)
                        .build());
        questions.put(
                "GetPage",
                GetPageRequest.newBuilder()
                        .setPageSize(10_000)
                        .setInstructions(ListInstructionsRequest.getDefaultInstance())
                        .build());
        questions.put(
                "ListRingResidence",
                ListRingResidenceRequest.newBuilder().setBuckets(1000).build());
        questions.put(
                "DiffTraces",
                DiffTracesRequest.newBuilder()
                        .setOther(client.listTraces(ListTracesRequest.getDefaultInstance())
                                .getTraces(0)
                                .getName())
                        .build());
        questions.put(
                "GetState", GetStateRequest.newBuilder().setPosition(end - 5).build());
        questions.put(
                "ReadMemory",
                ReadMemoryRequest.newBuilder()
                        .setPosition(end - 5)
                        .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                        .setSize(1 << 20)
                        .build());
        questions.put(
                "SearchMemory",
                SearchMemoryRequest.newBuilder()
                        .setPosition(end - 5)
                        .setAddressSpace(AddressSpace.ADDRESS_SPACE_PHYSICAL)
                        .setLast((1 << 20) - 64)
                        .setPattern(ByteString.copyFromUtf8("nowhere to be found"))
                        .build());
        questions.put(
                "Seek",
                SeekRequest.newBuilder().setName(session).setPosition(end - 3).build());
        questions.put(
                "Step",
                StepRequest.newBuilder().setName(session).setCount(-(end / 2)).build());
        questions.put(
                "Continue",
                ContinueRequest.newBuilder()
                        .setName(session)
                        .setDirection(Direction.DIRECTION_BACKWARDS)
                        .addConditions(Condition.newBuilder()
                                .setRegister(RegisterCondition.newBuilder()
                                        .setRegister("rax")
                                        .setValue(0x1234_5678_9abcL)))
                        .build());
        return questions;
    }
}
