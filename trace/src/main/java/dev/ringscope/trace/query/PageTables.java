package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import java.io.IOException;
import java.util.EnumSet;

/**
 * How did the page tables change: entries written ({@link Event.TableUpdate}) and translations dropped
 * ({@link Event.TranslationFlush})?
 */
public final class PageTables {
    private PageTables() {}

    public static void list(Recording recording, Filter filter, Answers<Event> answers) throws IOException {
        Events.list(recording, EnumSet.of(Events.Kind.TABLE_UPDATE, Events.Kind.TRANSLATION_FLUSH), filter, answers);
    }
}
