package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.EventText;
import dev.ringscope.emulator.Event;
import java.util.List;
import java.util.stream.Collectors;

/** Events, one to a line. */
final class EventList {
    /** So many unless the user says how many. */
    static final int SHOWN = 10;

    static final int MOST = 1000;

    private EventList() {}

    /** @param none what is said if there are none */
    static String of(List<? extends Event> events, String none) {
        return events.isEmpty()
                ? none + "\n"
                : events.stream().map(e -> EventText.line(e) + "\n").collect(Collectors.joining());
    }
}
