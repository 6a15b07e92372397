package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.ExecutedStep;
import dev.ringscope.proto.query.v1.ListStepsRequest;
import dev.ringscope.proto.query.v1.ListStepsResponse;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Steps;
import java.io.IOException;

/** What each instruction did. */
final class ListSteps {
    static final Listing<ListStepsRequest, ExecutedStep, ListStepsResponse> LISTING = new Listing<>(
            ExecutedStep.getDefaultInstance(),
            ListSteps::list,
            items -> ListStepsResponse.newBuilder().addAllSteps(items).build(),
            step -> step.getInstruction().getPosition());

    private ListSteps() {}

    private static void list(OpenTrace trace, ListStepsRequest request, Filter filter, Answers<ExecutedStep> items)
            throws IOException {
        Disassembly disassembly = ListInstructions.disassembly(request.getSyntax(), trace.symbols());
        Steps.list(trace.recording(), filter, Listing.each(items, step -> message(trace, disassembly, step)));
    }

    static ExecutedStep message(OpenTrace trace, Disassembly disassembly, Steps.Step step) {
        ExecutedStep.Builder message = ExecutedStep.newBuilder()
                .setInstruction(ListInstructions.message(step.instruction(), trace.symbols(), disassembly));
        step.writes().forEach(write -> message.addWrites(ListRegisterWrites.message(write)));
        step.accesses().forEach(access -> message.addAccesses(ListAccesses.message(access)));
        return message.setMoreAccesses(step.moreAccesses()).build();
    }
}
