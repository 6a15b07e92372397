package dev.ringscope.gdbstub;

/** Why a run ended. */
public sealed interface Stop {
    /** What happened to one thread; {@code thread} is its {@link GuestThread#id()}. */
    sealed interface OfThread extends Stop {
        int thread();
    }

    /** About to execute (or, backwards, back before) the instruction at a breakpoint's linear address. */
    record Breakpoint(int thread, long address) implements OfThread {}

    /** A watched byte was touched; {@code address} is the first touched byte that is watched. */
    record Watch(int thread, Watchpoint.Kind kind, long address) implements OfThread {}

    /** The one instruction that was asked for is done. */
    record StepDone(int thread) implements OfThread {}

    /** The client's {@link Interrupt} ended the run. */
    record Interrupted(int thread) implements OfThread {}

    /**
     * Something that gdb knows as a signal: a fault of a user program, a machine that shut down by triple fault.
     *
     * @param text said to the user when it happens, one or more lines; may be empty
     */
    record Signalled(int thread, Signal signal, String text) implements OfThread {}

    /**
     * A user program's thread is about to enter (backwards: is back before) a system call that {@link SyscallCatch}
     * asks for. The pc is behind the instruction that made the call, as with ptrace.
     *
     * @param number the program's own number for the call, in its system's table
     */
    record SyscallEntry(int thread, int number) implements OfThread {}

    /** A user program's thread has just come back from such a system call; its result is in the registers. */
    record SyscallReturn(int thread, int number) implements OfThread {}

    /** A thread of a user program has begun; it stands at its first instruction. See {@link ProgramEvents#threads}. */
    record ThreadCreated(int thread) implements OfThread {}

    /**
     * A thread of a user program, not the last one, has ended and is no longer listed. See
     * {@link ProgramEvents#threads}.
     *
     * @param status what it gave to {@code exit}, 0 to 255
     */
    record ThreadExited(int thread, int status) implements OfThread {}

    /** Backwards only: the beginning of what is recorded. */
    record ReplayLogBegin(int thread) implements OfThread {}

    /**
     * The end of what is recorded. A live guest comes to it from its past, and just before its own end.
     *
     * @param text said to the user when it happens, one or more lines; may be empty
     */
    record ReplayLogEnd(int thread, String text) implements OfThread {
        public ReplayLogEnd(int thread) {
            this(thread, "");
        }
    }

    /** All threads that were to run have ended; others, which stand still, are left. */
    record NoneResumed() implements Stop {}

    /** The program or machine has ended by itself; {@code status} as the shell shows it, 0 to 255. */
    record Exited(int status) implements Stop {}

    /** The program was ended by a signal. */
    record Terminated(Signal signal) implements Stop {}
}
