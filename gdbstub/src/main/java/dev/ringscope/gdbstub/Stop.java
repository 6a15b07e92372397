package dev.ringscope.gdbstub;

/** Why a run ended. {@code thread} is the {@link GuestThread#id()} of the thread that it happened to. */
public sealed interface Stop {
    /** About to execute (or, backwards, back before) the instruction at a breakpoint's linear address. */
    record Breakpoint(int thread, long address) implements Stop {}

    /** A watched byte was touched; {@code address} is the first touched byte that is watched. */
    record Watch(int thread, Watchpoint.Kind kind, long address) implements Stop {}

    /** The one instruction that was asked for is done. */
    record StepDone(int thread) implements Stop {}

    /** The client's {@link Interrupt} ended the run. */
    record Interrupted(int thread) implements Stop {}

    /**
     * Something that gdb knows as a signal: a fault of a user program, a machine that shut down by triple fault.
     *
     * @param text said to the user when it happens, one or more lines; may be empty
     */
    record Signalled(int thread, Signal signal, String text) implements Stop {}

    /** Backwards only: the beginning of what is recorded. */
    record ReplayLogBegin(int thread) implements Stop {}

    /** The end of what is recorded; a live guest has none. */
    record ReplayLogEnd(int thread) implements Stop {}

    /** The program or machine has ended by itself; {@code status} as the shell shows it, 0 to 255. */
    record Exited(int status) implements Stop {}

    /** The program was ended by a signal. */
    record Terminated(Signal signal) implements Stop {}
}
