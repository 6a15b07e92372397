package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/** Which control registers, MSRs and descriptor-table registers were written? */
public final class ControlRegisters {
    private ControlRegisters() {}

    public static void list(TraceReader trace, Range range, Answers<Event.SystemRegisterWrite> answers)
            throws IOException {
        Events.list(trace, Events.Kind.SYSTEM_REGISTER_WRITE, Event.SystemRegisterWrite.class, range, answers);
    }
}
