package dev.ringscope.gdbstub;

import java.util.List;

/** Starting again from the beginning: gdb's {@code run} (the {@code vRun} and {@code R} packets). */
public interface Restart {
    /**
     * Puts the target at its first instruction again.
     *
     * @param arguments what the user gave to {@code run}; a recording may take a Position
     */
    void restart(List<String> arguments) throws RefusedException;
}
