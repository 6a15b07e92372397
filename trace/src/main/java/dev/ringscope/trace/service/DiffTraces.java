package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.DiffTracesRequest;
import dev.ringscope.proto.query.v1.DiffTracesResponse;
import dev.ringscope.proto.query.v1.DifferenceKind;
import dev.ringscope.proto.query.v1.DifferingSide;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.Divergence;
import dev.ringscope.trace.query.Divergence.Found;
import dev.ringscope.trace.query.Recording;
import java.io.IOException;
import java.util.Optional;

/** Where two traces of the server begin to differ. */
final class DiffTraces implements TraceRpc<DiffTracesRequest, DiffTracesResponse> {
    private final Library library;

    DiffTraces(Library library) {
        this.library = library;
    }

    @Override
    public void answer(OpenTrace trace, DiffTracesRequest request, Call<DiffTracesResponse> call) throws IOException {
        Mask mask = Mask.of(request.getReadMask(), DiffTracesResponse.getDescriptor());
        if (request.getOther().isEmpty()) {
            throw Refusal.field("other", "is empty: expected traces/...");
        }
        Disassembly disassembly = ListInstructions.disassembly(request.getSyntax(), trace.symbols());
        try (Library.Lease lease = library.lease(request.getOther(), "other", call)) {
            Recording one = trace.recording();
            Recording other = lease.trace().recording();
            Optional<Found> found = Divergence.first(one, other, call);
            DiffTracesResponse.Builder answer = DiffTracesResponse.newBuilder()
                    .setPosition(one.trace().endPosition())
                    .setMachinesDiffer(
                            !one.trace().machine().equals(other.trace().machine()));
            found.ifPresent(f -> fill(answer, f, trace, disassembly));
            call.send(mask.apply(answer.build()));
        }
    }

    private static void fill(DiffTracesResponse.Builder answer, Found f, OpenTrace trace, Disassembly disassembly) {
        answer.setKind(
                        switch (f.kind()) {
                            case INSTRUCTION -> DifferenceKind.DIFFERENCE_KIND_INSTRUCTION;
                            case EFFECT -> DifferenceKind.DIFFERENCE_KIND_EFFECT;
                            case EVENT -> DifferenceKind.DIFFERENCE_KIND_EVENT;
                            case STATE -> DifferenceKind.DIFFERENCE_KIND_STATE;
                            case LENGTH -> DifferenceKind.DIFFERENCE_KIND_LENGTH;
                        })
                .setPosition(f.position())
                .setDifference(f.difference())
                .addAllStart(f.start())
                .setOne(side(f.one(), trace, disassembly))
                .setOther(side(f.other(), trace, disassembly));
        f.inputs().flatMap(Divergence.Inputs::one).ifPresent(i -> answer.setOneInput(ListEvents.message(i)));
        f.inputs().flatMap(Divergence.Inputs::other).ifPresent(i -> answer.setOtherInput(ListEvents.message(i)));
    }

    private static DifferingSide side(Divergence.Side side, OpenTrace trace, Disassembly disassembly) {
        DifferingSide.Builder message = DifferingSide.newBuilder();
        side.step().ifPresent(step -> message.setStep(ListSteps.message(trace, disassembly, step)));
        side.event().ifPresent(event -> message.setEvent(ListEvents.message(event)));
        return message.build();
    }
}
