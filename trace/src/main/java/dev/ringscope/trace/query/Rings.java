package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/** When did the ring, or the mode, change, and why? */
public final class Rings {
    private Rings() {}

    public static void list(TraceReader trace, Range range, Answers<Event.RingChange> answers) throws IOException {
        Events.list(trace, Events.Kind.RING_CHANGE, Event.RingChange.class, range, answers);
    }
}
