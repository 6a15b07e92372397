package dev.ringscope.trace.export;

import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * All events in the Common Trace Format, version 1.8, as the kernel's own tracer LTTng writes it: a description of the
 * events ({@code metadata}), and a stream of packets. The clock is virtual time; each event has its position as
 * context.
 */
final class Ctf implements Exporter.ToFolder {
    @Override
    public String name() {
        return "ctf";
    }

    @Override
    public String description() {
        return "events as a Common Trace Format 1.8 trace, for babeltrace2 and Trace Compass";
    }

    @Override
    public void write(Exported exported, Path folder) throws IOException {
        Files.writeString(folder.resolve("metadata"), CtfSchema.text(), StandardCharsets.US_ASCII);
        try (CtfStream stream =
                new CtfStream(new BufferedOutputStream(Files.newOutputStream(folder.resolve("processor_0"))))) {
            CtfEvents events = new CtfEvents(exported, stream);
            events.start();
            Range range = new Range(exported.range().from(), exported.range().to(), 0);
            Events.list(exported.recording(), Set.of(), Filter.of(range), exported.asked(events::take));
        }
    }
}
