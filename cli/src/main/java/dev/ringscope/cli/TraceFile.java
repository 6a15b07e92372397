package dev.ringscope.cli;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Recording;
import java.io.IOException;
import java.nio.file.Path;

/** A recording that the user names. */
final class TraceFile {
    private TraceFile() {}

    /** Opens it for questions. */
    static Recording recording(Path file) throws IOException {
        return new Recording(open(file));
    }

    /** Opens it; one that is damaged is used as far as it is whole, and that is said. So it is of one cut short. */
    static TraceReader open(Path file) throws IOException {
        TraceReader trace = TraceReader.open(InputFile.check(file));
        if (!trace.damage().isEmpty()) {
            System.err.println("ringscope: " + trace.damage());
        }
        if (!trace.cutShort().isEmpty()) {
            System.err.println("ringscope: " + trace.cutShort());
        }
        return trace;
    }
}
