package dev.ringscope.gdbstub;

/** Why {@link GdbServer#run()} returned. */
public enum Ending {
    /** The target exited or was terminated, and the last client has gone. */
    EXITED,
    /** The client killed the target. */
    KILLED,
    /** Another thread, or a client by {@code monitor exit}, closed the server. */
    CLOSED
}
