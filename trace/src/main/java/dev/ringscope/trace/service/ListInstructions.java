package dev.ringscope.trace.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.proto.query.v1.Instruction;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsResponse;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import java.io.IOException;

/** The instructions that retired, in order. */
final class ListInstructions implements Rpc<ListInstructionsRequest, ListInstructionsResponse> {
    private final Recording recording;

    ListInstructions(Recording recording) {
        this.recording = recording;
    }

    @Override
    public void answer(ListInstructionsRequest request, Call<ListInstructionsResponse> call) throws IOException {
        Range range = Requests.range(
                recording.trace(),
                request.getFromPosition(),
                request.hasToPosition(),
                request.getToPosition(),
                request.getCount());
        Batches<Instruction, ListInstructionsResponse> batches = new Batches<>(
                call,
                items -> ListInstructionsResponse.newBuilder()
                        .addAllInstructions(items)
                        .build());
        Instructions.list(recording, Filter.of(range), batches.answers(ListInstructions::message));
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
