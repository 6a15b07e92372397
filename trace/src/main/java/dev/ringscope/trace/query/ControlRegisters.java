package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import java.io.IOException;

/** Which control registers, MSRs and descriptor-table registers were written? */
public final class ControlRegisters {
    private ControlRegisters() {}

    public static void list(Recording recording, Filter filter, Answers<Event.SystemRegisterWrite> answers)
            throws IOException {
        Events.list(recording, Events.Kind.SYSTEM_REGISTER_WRITE, Event.SystemRegisterWrite.class, filter, answers);
    }
}
