package dev.ringscope.gdbstub;

/** Running backwards: gdb's {@code bs} and {@code bc} packets. */
public interface ReverseExecution {
    /**
     * Runs backwards until something happens; the mirror image of {@link Target#resume}.
     *
     * <p>Takes back at least one instruction before it compares the pc with the code breakpoints. A watched byte stops
     * it <em>before</em> the instruction that touched it, with the memory as it was then. At the beginning of what is
     * known it returns {@link Stop.ReplayLogBegin}.
     *
     * @throws RefusedException if the target can't go back at all; nothing has moved then
     */
    Stop resumeBackwards(Resume how) throws RefusedException;
}
