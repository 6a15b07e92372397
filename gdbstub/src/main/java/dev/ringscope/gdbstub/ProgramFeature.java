package dev.ringscope.gdbstub;

/** What a {@link Target} that is a user program can tell or do beyond a machine; what it can't isn't offered to gdb. */
public enum ProgramFeature {
    /** It heeds {@link ProgramEvents#syscalls}. */
    CATCH_SYSCALLS,
    /** It delivers the {@link Resume.Action#signal} of a resume and heeds {@link ProgramEvents#passSignals}. */
    SIGNALS,
    /** Its threads know the {@link GuestThread#siginfo}, and it can be written, when they stopped with a signal. */
    SIGINFO,
    /** It heeds {@link ProgramEvents#threads}. */
    THREAD_EVENTS,
    /** Threads that a {@link Resume} doesn't name stand still while others run, for as long as it takes. */
    NON_STOP,
    /** It would tell of every fork, vfork and exec, and can say so because its programs can do none of these. */
    NO_NEW_PROCESSES
}
