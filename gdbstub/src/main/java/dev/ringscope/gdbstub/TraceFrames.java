package dev.ringscope.gdbstub;

/**
 * A recording as the trace frames that gdb's {@code tfind} goes through: one frame for every position, that is for
 * every count of instructions retired, from 0 to {@link #last}.
 *
 * <p>The frame that is looked at is simply where the target stands: registers and memory are read as always. Looking
 * does not change the recording. None of this is called while the target runs; a client that selects no frame any more
 * has the target brought back by the {@link Mark} that the stub took before it selected the first.
 */
public interface TraceFrames {
    /** The last frame: the position at the end of what is recorded so far, unsigned. */
    long last();

    /** Where the target stands, in instructions retired. */
    long position();

    /**
     * Goes to a frame, forwards or backwards. Where several moments share the position, because an instruction faulted
     * or an interrupt came, it is the last of them: the same as {@code monitor seek}.
     *
     * @param position at most {@link #last}
     * @throws RefusedException if the recording cannot be played there; it says why, and nothing has moved
     */
    void go(long position) throws RefusedException;

    /**
     * Goes on to the first moment after the present one in which a thread is about to execute an instruction at an
     * address that the search is after. Ring, address space and the client's breakpoints do not matter.
     *
     * @param interrupt requested when the client does not want to wait any longer; then there is nothing to be found
     * @return whether there is one up to the end of the recording; if not, nothing has moved
     * @throws RefusedException as {@link #go} does
     */
    boolean find(PcSearch search, Interrupt interrupt) throws RefusedException;

    /** Remembers the present moment exactly, not only its position. */
    Mark mark();

    /** A moment to come back to. */
    interface Mark {
        /** @throws RefusedException as {@link TraceFrames#go} does */
        void goBack() throws RefusedException;
    }

    /**
     * Which linear pc a search is after.
     *
     * @param first lowest address of the range, unsigned
     * @param last highest address of the range, itself included, unsigned
     * @param inside whether the pc is to be within the range, or outside it
     */
    record PcSearch(long first, long last, boolean inside) {
        public static PcSearch at(long address) {
            return new PcSearch(address, address, true);
        }

        public boolean matches(long pc) {
            return Long.compareUnsigned(pc - first, last - first) <= 0 == inside;
        }

        /** Whether it may match any of the addresses from one to another, that included, unsigned. */
        public boolean mayMatch(long from, long to) {
            if (Long.compareUnsigned(first, last) > 0) {
                return true; // the range goes over the end of the address space
            }
            boolean before = Long.compareUnsigned(from, first) < 0;
            boolean behind = Long.compareUnsigned(to, last) > 0;
            return inside
                    ? Long.compareUnsigned(from, last) <= 0 && Long.compareUnsigned(to, first) >= 0
                    : before || behind;
        }
    }
}
