package dev.ringscope.gdbstub;

/** Which way time goes while the target runs. */
public enum RunDirection {
    FORWARD,
    BACKWARD
}
