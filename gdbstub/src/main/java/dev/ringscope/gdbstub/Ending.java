package dev.ringscope.gdbstub;

/** Why {@link GdbServer#run()} returned. */
public enum Ending {
    /** The target exited or was terminated, and the last client has gone. */
    EXITED,
    /** The client killed the target. */
    KILLED,
    /** Another thread closed the server. */
    CLOSED
}
