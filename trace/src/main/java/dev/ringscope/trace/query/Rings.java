package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import java.io.IOException;

/** When did the ring, or the mode, change, and why? */
public final class Rings {
    private Rings() {}

    public static void list(Recording recording, Filter filter, Answers<Event.RingChange> answers) throws IOException {
        Events.list(recording, Events.Kind.RING_CHANGE, Event.RingChange.class, filter, answers);
    }
}
