package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;

/** One packet that has been read: what it asks for, and how it is answered. */
interface Command {
    /** @throws RefusedException if it cannot be done; the session makes the error reply */
    Reply answer(Session session) throws RefusedException;

    /**
     * Whether an error reply may carry text even to a gdb that has not asked for that: some packets' answers are taken
     * for data.
     */
    default boolean explainsErrors() {
        return true;
    }
}
