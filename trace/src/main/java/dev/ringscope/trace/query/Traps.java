package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import java.io.IOException;

/** Which exceptions and interrupts were delivered? */
public final class Traps {
    private Traps() {}

    public static void list(Recording recording, Filter filter, Answers<Event.Trap> answers) throws IOException {
        Events.list(recording, Events.Kind.TRAP, Event.Trap.class, filter, answers);
    }
}
