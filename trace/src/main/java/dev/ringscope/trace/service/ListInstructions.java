package dev.ringscope.trace.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Range;
import java.io.IOException;

/** The instructions that retired, in order. */
final class ListInstructions implements Rpc<ListInstructionsRequest, ListInstructionsResponse> {
    private final TraceReader trace;

    ListInstructions(TraceReader trace) {
        this.trace = trace;
    }

    @Override
    public void answer(ListInstructionsRequest request, Call<ListInstructionsResponse> call) throws IOException {
        Range range = Requests.range(trace, request.getFromPosition(), request.getCount());
        long end = Requests.end(range.from(), request.hasToPosition(), request.getToPosition());
        Batches<Instruction, ListInstructionsResponse> batches = new Batches<>(
                call,
                items -> ListInstructionsResponse.newBuilder()
                        .addAllInstructions(items)
                        .build());
        Instructions.list(trace, range, instruction -> {
            call.check();
            if (instruction.position() >= end) {
                return false;
            }
            batches.add(message(instruction));
            return true;
        });
        batches.flush();
    }

    private static Instruction message(ExecutedInstruction instruction) {
        return Instruction.newBuilder()
                .setPosition(instruction.position())
                .setAddress(instruction.address())
                .setRing(instruction.ring())
                .setCodeKind(instruction.kind())
                .setCode(UnsafeByteOperations.unsafeWrap(instruction.code()))
                .build();
    }
}
