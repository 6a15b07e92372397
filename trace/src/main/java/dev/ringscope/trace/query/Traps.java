package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/** Which exceptions and interrupts were delivered? */
public final class Traps {
    private Traps() {}

    public static void list(TraceReader trace, Range range, Answers<Event.Trap> answers) throws IOException {
        Events.list(trace, Events.Kind.TRAP, Event.Trap.class, range, answers);
    }
}
