package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.x86.FailedDelivery;
import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.util.List;

/**
 * A trap that was taken.
 *
 * @param machine in front of the step that took it, to be looked at until its timeline moves
 * @param undelivered what was met in that step before it
 */
public record FaultMoment(Machine machine, List<FailedDelivery> undelivered) {
    /** Notices one event. */
    private static final class Witness implements Recorder.OfEvents {
        private final Event wanted;
        private boolean seen;

        Witness(Event wanted) {
            this.wanted = wanted;
        }

        @Override
        public void event(Event event) {
            seen |= event.equals(wanted);
        }
    }

    /**
     * Goes to the step in which a trap was taken.
     *
     * @param timeline is moved there from where it stands, or from a checkpoint; its marks and listener are lost
     * @throws IOException if re-execution does not come there
     */
    public static FaultMoment before(Timeline timeline, Event.Trap trap) throws IOException {
        timeline.clearMarks();
        if (trap.position() == 0) {
            timeline.restore(0);
        } else {
            timeline.seek(trap.position() - 1); // a checkpoint at the trap's own position may lie behind it
        }
        Witness witness = new Witness(trap);
        timeline.setListener(witness);
        try {
            while (timeline.position() <= trap.position()) {
                timeline.mark();
                boolean stopped = timeline.machine().step() == Machine.Step.STOPPED;
                if (witness.seen) {
                    List<FailedDelivery> undelivered =
                            timeline.machine().cpu().interrupts.undelivered();
                    timeline.rewind(timeline.marks() - 1);
                    return new FaultMoment(timeline.machine(), undelivered);
                }
                if (stopped) {
                    break;
                }
            }
        } finally {
            timeline.setListener(Recorder.NONE);
            timeline.clearMarks();
        }
        throw new IOException("re-execution does not come to the trap at position " + trap.position());
    }
}
