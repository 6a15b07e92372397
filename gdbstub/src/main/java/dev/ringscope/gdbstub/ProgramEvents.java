package dev.ringscope.gdbstub;

import java.util.Set;

/**
 * What of a user program's doings ends a run; a machine has none of them. A target heeds what its
 * {@link Target#programFeatures()} name, the rest is always as in {@link #NONE}.
 *
 * @param syscalls which system calls stop the program
 * @param passSignals signals that are delivered to the program as if gdb were not there, without a
 *     {@link Stop.Signalled}
 * @param threads whether {@link Stop.ThreadCreated} and {@link Stop.ThreadExited} are wanted
 */
public record ProgramEvents(SyscallCatch syscalls, Set<Signal> passSignals, boolean threads) {
    public static final ProgramEvents NONE = new ProgramEvents(SyscallCatch.NONE, Set.of(), false);

    public ProgramEvents {
        passSignals = Set.copyOf(passSignals);
    }
}
