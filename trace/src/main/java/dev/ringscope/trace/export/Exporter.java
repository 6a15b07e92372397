package dev.ringscope.trace.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Writes a recording in the format of some visualizer. */
public sealed interface Exporter {
    /** As {@code --format} takes it: small letters. */
    String name();

    /** What it is and who reads it, for the help: one line without a full stop. */
    String description();

    /** Makes one file. */
    non-sealed interface ToFile extends Exporter {
        /** @throws java.util.concurrent.CancellationException if nobody waits for it any more */
        void write(Exported recording, OutputStream out) throws IOException;
    }

    /** Makes several files, in a folder that is there and empty. */
    non-sealed interface ToFolder extends Exporter {
        /** @throws java.util.concurrent.CancellationException if nobody waits for it any more */
        void write(Exported recording, Path folder) throws IOException;
    }
}
