package dev.ringscope.gdbstub;

import java.util.Map;
import java.util.OptionalInt;

/**
 * How the target is to run, until its next {@link Stop}.
 *
 * @param actions what each thread does, by {@link GuestThread#id()}; a thread that is not named stands still, but one
 *     that begins during the run runs on
 * @param breakpoints where to stop; the same object as last time if nothing has changed
 * @param stepIntoInterrupts whether a step may end in an asynchronous interrupt's handler; if not, such interrupts are
 *     delivered when their time comes all the same, but the step goes on through the handler and lands on the next
 *     instruction of the interrupted context
 * @param events what of a user program's doings ends the run too
 * @param interrupt requested when the run should end
 */
public record Resume(
        Map<Integer, Action> actions,
        Breakpoints breakpoints,
        boolean stepIntoInterrupts,
        ProgramEvents events,
        Interrupt interrupt) {

    public Resume {
        actions = Map.copyOf(actions);
    }

    /** Without any of a user program's events. */
    public Resume(
            Map<Integer, Action> actions, Breakpoints breakpoints, boolean stepIntoInterrupts, Interrupt interrupt) {
        this(actions, breakpoints, stepIntoInterrupts, ProgramEvents.NONE, interrupt);
    }

    /**
     * The thread that is to execute one instruction and stop, if any: then every other running thread goes on beside
     * it.
     */
    public OptionalInt stepping() {
        OptionalInt first = OptionalInt.empty();
        for (Map.Entry<Integer, Action> entry : actions.entrySet()) {
            if (entry.getValue().kind() == Kind.STEP && (first.isEmpty() || entry.getKey() < first.getAsInt())) {
                first = OptionalInt.of(entry.getKey());
            }
        }
        return first;
    }

    /**
     * What one thread does.
     *
     * @param signal delivered to the program first, for user programs; {@link Signal#NONE} for nothing
     */
    public record Action(Kind kind, Signal signal) {
        public static final Action CONTINUE = new Action(Kind.CONTINUE, Signal.NONE);
        public static final Action STEP = new Action(Kind.STEP, Signal.NONE);
    }

    /** One instruction, or as many as it takes. */
    public enum Kind {
        STEP,
        CONTINUE
    }
}
