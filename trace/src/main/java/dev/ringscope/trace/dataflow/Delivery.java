package dev.ringscope.trace.dataflow;

import static dev.ringscope.trace.dataflow.Location.general;

import dev.ringscope.trace.dataflow.Flow.Shape;
import java.util.ArrayList;
import java.util.List;

/** What the processor writes when it delivers an interrupt or exception: the frame, and a stack pointer of the TSS. */
final class Delivery {
    private Delivery() {}

    static List<Flow> of(Moment moment, List<Flow> before) {
        List<Flow> flows = new ArrayList<>();
        for (Moment.Touched write : moment.writes()) {
            boolean told = before.stream().anyMatch(f -> f.find(write.bytes()[0]) >= 0);
            if (!told) {
                flows.add(Flow.leaf(write.bytes(), Leaf.PROCESSOR, "the frame of an interrupt or exception"));
            }
        }
        long[] stack = general(Implicit.RSP);
        long[] task = Moment.bytes(moment.reads().stream()
                .filter(r -> r.linear() - moment.taskBase >= 0 && r.linear() - moment.taskBase <= moment.taskLimit)
                .toList());
        if (moment.before[Implicit.RSP] != moment.after[Implicit.RSP]) {
            flows.add(Flow.of(stack, task.length > 0 ? Shape.WHOLE : Shape.UPWARD, task.length > 0 ? task : stack));
        }
        return flows;
    }
}
