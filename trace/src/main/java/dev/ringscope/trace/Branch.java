package dev.ringscope.trace;

import dev.ringscope.emulator.InputScript;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.trace.format.HeaderCodec;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A recording that has the history of another one up to some moment, and goes on from there on its own. The packets up
 * to the checkpoint before that moment are copied; what follows is re-executed and recorded anew. One thread.
 *
 * <pre>{@code
 * Branch branch = Branch.at(trace, position, file, options);  // history up to the position
 * branch.machine().step();                                    // perhaps further moments of the same history
 * TraceRecorder recorder = branch.leave();                    // from here on the machine is free
 * branch.machine().writeRegisterFromDebugger("rax", 1);
 * branch.machine().run(limit);
 * recorder.finish(branch.machine().state(), OptionalInt.empty());
 * }</pre>
 *
 * <p>Answers of the outside world that the recording holds are given again; a question that was never asked in it
 * (another sector of a disk, another file of the host) ends a run with
 * {@link dev.ringscope.emulator.UnansweredException}.
 */
public final class Branch {
    private final Timeline timeline;
    private final TraceRecorder recorder;
    private final long chunkInstructions;

    private Branch(Timeline timeline, TraceRecorder recorder, long chunkInstructions) {
        this.timeline = timeline;
        this.recorder = recorder;
        this.chunkInstructions = chunkInstructions;
    }

    /**
     * Begins a recording with the history of a trace up to a position.
     *
     * @param position from 0 to the trace's end; the machine stands there as after {@link Timeline#seek}
     * @param file the new recording, which must not be the trace's own
     * @param options its detail must be the trace's; whether sections are compressed is as in the trace
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file and it may not be replaced
     */
    public static Branch at(TraceReader trace, long position, Path file, RecordingOptions options) throws IOException {
        if (options.detail() != trace.detail()) {
            throw new IllegalArgumentException("a branch of a trace of detail %s has that detail, not %s"
                    .formatted(trace.detail(), options.detail()));
        }
        int checkpoint = position < 0 || position > trace.endPosition() ? -1 : lastThatCanGoOn(trace.map(), position);
        if (checkpoint < 0) {
            throw new IllegalArgumentException(
                    "position %d is not within 0..%d".formatted(position, trace.endPosition()));
        }
        boolean zstd = trace.header().getRequiredFeaturesList().contains(HeaderCodec.ZSTD);
        Timeline timeline = new Timeline(trace, trace.detail());
        timeline.restore(checkpoint);
        timeline.tellAnswers();
        TraceRecorder recorder = TraceRecorder.behind(file, trace, checkpoint, options.withCompression(zstd));
        try {
            timeline.setListener(recorder);
            timeline.run(position);
        } catch (RuntimeException e) {
            recorder.abandon();
            throw e;
        }
        return new Branch(timeline, recorder, options.chunkInstructions());
    }

    /** Not one behind the chunk that closes the trace: that chunk is none that another could follow. */
    private static int lastThatCanGoOn(TraceMap map, long position) {
        int checkpoint = map.checkpointAt(position);
        while (checkpoint > 0
                && map.firstChunkBehind(map.checkpoints().get(checkpoint))
                        == map.chunks().size()
                && map.chunks().getLast().closing()) {
            checkpoint--;
        }
        return checkpoint;
    }

    /** The machine; until {@link #leave} it does what the trace says. */
    public Machine machine() {
        return timeline.machine();
    }

    /**
     * Leaves the trace: from now on the machine takes no more inputs of it and may be changed. Between two runs.
     *
     * @return what records it
     */
    public TraceRecorder leave() {
        timeline.setListener(Recorder.NONE);
        Machine machine = machine();
        machine.setScript(InputScript.NONE);
        machine.setRecorder(recorder);
        machine.setChunkEnd(machine.position() + chunkInstructions);
        return recorder;
    }

    /** Gives the new recording up; its file stays readable as far as it got. */
    public void abandon() {
        recorder.abandon();
    }
}
