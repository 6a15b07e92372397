package dev.ringscope.cli.report;

import dev.ringscope.emulator.Event;
import java.io.IOException;

/** A part of the page's data. */
interface Section {
    /** Its name in the data. */
    String name();

    /** Told of every event of the recording, in order. */
    default void see(Event event) {}

    /** Writes one value, behind the last event. */
    void write(ScriptJson out) throws IOException;
}
