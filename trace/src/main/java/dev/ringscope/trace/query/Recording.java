package dev.ringscope.trace.query;

import dev.ringscope.trace.TraceReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** A trace that is being asked: the file, and the machines that re-execute it. Safe for several threads. */
public final class Recording implements Closeable {
    private final TraceReader trace;
    private final Replays replays;

    /** @param trace belongs to this from now on */
    public Recording(TraceReader trace) {
        this(trace, MachineMemory.ofThisProcess());
    }

    /** @param memory for its machines, shared with other recordings */
    public Recording(TraceReader trace, MachineMemory memory) {
        this.trace = trace;
        replays = new Replays(trace, memory);
    }

    /** @throws dev.ringscope.trace.TraceFormatException if the file is no trace */
    public static Recording open(Path file) throws IOException {
        return new Recording(TraceReader.open(file));
    }

    public TraceReader trace() {
        return trace;
    }

    public Replays replays() {
        return replays;
    }

    /** No question may be under way. */
    @Override
    public void close() throws IOException {
        replays.close();
        trace.close();
    }
}
