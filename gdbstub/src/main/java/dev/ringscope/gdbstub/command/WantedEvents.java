package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.ProgramEvents;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.SyscallCatch;
import java.util.Set;

/** Which of a program's doings one client wants to be stopped at, as its packets say one after the other. */
final class WantedEvents {
    private ProgramEvents events = ProgramEvents.NONE;

    ProgramEvents now() {
        return events;
    }

    void catchSyscalls(SyscallCatch wanted) {
        events = new ProgramEvents(wanted, events.passSignals(), events.threads());
    }

    void passSignals(Set<Signal> wanted) {
        events = new ProgramEvents(events.syscalls(), wanted, events.threads());
    }

    void threads(boolean wanted) {
        events = new ProgramEvents(events.syscalls(), events.passSignals(), wanted);
    }
}
