package dev.ringscope.trace;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Outside;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.proto.trace.v1.StateDigest;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The recorded machine at any position of a trace: restored from the nearest checkpoint, re-executed with the recorded
 * inputs. What every chunk's end looks like is compared with the recording's digest on the way.
 *
 * <p>A position's state is that in front of the instruction that is attempted there, behind any interrupt that was
 * taken there. One thread.
 */
public final class Timeline {
    /** What re-execution tells on the way; all calls as from {@link Recorder}. */
    private final class Tap implements Recorder {
        @Override
        public void define(Block block) {
            listener.define(block);
        }

        @Override
        public void flow(int[] entries, int count) {
            listener.flow(entries, count);
        }

        @Override
        public void event(Event event) {
            inputs.told(event);
            listener.event(event);
        }

        @Override
        public void accesses(AccessLog log) {
            listener.accesses(log);
        }

        @Override
        public void registers(RegisterLog log) {
            listener.registers(log);
        }

        @Override
        public long chunkEnd(Snapshot snapshot) {
            return boundary(snapshot);
        }
    }

    private final TraceReader trace;
    private final Detail detail;
    private final Machine machine;
    private final RecordedInputs inputs;
    private final Memory memory;
    private Recorder listener = Recorder.NONE;
    /** The checkpoint restored last, -1 at first; memory differs from it in what was written since. */
    private int checkpoint = -1;

    /** The chunk whose end the machine reaches next. */
    private int awaited;
    /** The machine has been restored, and has not run since. */
    private boolean restored;

    /**
     * Builds the trace's machine.
     *
     * @param detail what re-execution tells its listener: data accesses from {@link Detail#MEMORY} on, register writes
     *     with {@link Detail#FULL}
     */
    public Timeline(TraceReader trace, Detail detail) throws IOException {
        this.trace = trace;
        this.detail = detail;
        Outside outside = Outside.recorded();
        machine = build(outside);
        inputs = new RecordedInputs(trace, machine, outside);
        memory = new Memory(trace.map());
        machine.setRecorder(new Tap());
        machine.setScript(inputs);
    }

    private Machine build(Outside outside) {
        try {
            byte[] rom = new byte[Math.toIntExact(trace.machine().romBytes())];
            return new Machine(trace.machine(), rom, new Wiring(outside), detail != Detail.FLOW);
        } catch (IllegalArgumentException | ArithmeticException | NegativeArraySizeException e) {
            throw new TraceFormatException(
                    trace.file(), 0, "a machine that this version can build, found: " + e.getMessage());
        }
    }

    /** The machine: to look at, not to be run or changed but through this timeline. */
    public Machine machine() {
        return machine;
    }

    public TraceReader trace() {
        return trace;
    }

    /** Where it stands. */
    public long position() {
        return machine.position();
    }

    /**
     * Who is told what re-execution does from now on. Its {@link Recorder#chunkEnd} is called where the recorded chunks
     * ended, with the lists of pages taken already.
     */
    public void setListener(Recorder newListener) {
        listener = newListener;
    }

    /**
     * Goes to a position, from 0 to the trace's end.
     *
     * @throws DivergenceException if re-execution does something else than the recording
     */
    public void seek(long position) throws IOException {
        if (position < 0 || position > trace.endPosition()) {
            throw new IllegalArgumentException(
                    "position %d is not within 0..%d".formatted(position, trace.endPosition()));
        }
        int nearest = trace.map().checkpointAt(position);
        if (nearest < 0) {
            throw new TraceFormatException(
                    trace.file(),
                    trace.size(),
                    "a checkpoint at or before position %d, found none".formatted(position));
        }
        long from = trace.map().checkpoints().get(nearest).position();
        if (checkpoint < 0 || machine.position() > position || machine.position() < from) {
            restore(nearest);
        }
        run(position);
    }

    /** Restores a checkpoint: the machine stands in front of everything that happened at its position afterwards. */
    public void restore(int number) throws IOException {
        CheckpointEncoder.State state =
                trace.checkpoint(number).state(trace.machine().registers());
        restoreMemory(number);
        try {
            machine.state().restore(state.processors(), state.devices(), state.machine());
        } catch (IllegalArgumentException e) {
            throw new TraceFormatException(
                    trace.file(),
                    trace.map().checkpoints().get(number).offset(),
                    "a state that this version can restore, found: " + e.getMessage());
        }
        awaited = trace.map()
                .endOfSpan(
                        trace.map().firstChunkBehind(trace.map().checkpoints().get(number)));
        inputs.restore(awaited);
        if (detail == Detail.FULL) {
            machine.noteRegisters();
        }
        checkpoint = number;
        restored = true;
    }

    private void restoreMemory(int number) throws IOException {
        Set<Long> wanted = null;
        if (checkpoint < 0 || memory.fullBetween(checkpoint, number)) {
            machine.state().clearMemory();
        } else {
            wanted = memory.changedBetween(checkpoint, number);
            for (long page : machine.state().takeChangedPages()) {
                wanted.add(page);
            }
        }
        Set<Long> missing = wanted == null ? new HashSet<>() : new HashSet<>(wanted);
        for (Map.Entry<TraceMap.PagesPlace, Set<Long>> source :
                memory.stored(number, wanted).entrySet()) {
            trace.pages(source.getKey()).forEach(source.getValue()::contains, machine.state()::putPage);
            missing.removeAll(source.getValue());
        }
        byte[] zero = new byte[4096];
        for (long page : missing) {
            machine.state().putPage(page, zero, 0);
        }
    }

    /** Runs on to a position, at or behind the present one. */
    public void run(long position) {
        StopReason reason = machine.run(position);
        if (machine.position() != position) {
            throw new DivergenceException(
                    machine.position(), "the machine stopped (%s) before position %d".formatted(reason, position));
        }
    }

    /** Chunks end where they did: translations are dropped there, which a guest can notice in accessed bits. */
    private long boundary(Snapshot snapshot) {
        if (restored) {
            restored = false;
            snapshot.takeWrittenPages();
        } else {
            compare(snapshot, awaited);
            listener.chunkEnd(snapshot);
            awaited = trace.map().endOfSpan(awaited + 1);
        }
        snapshot.takeReadPages();
        inputs.enter(awaited);
        return awaited < trace.chunkCount() ? trace.map().chunks().get(awaited).endPosition() : Long.MAX_VALUE;
    }

    /**
     * Compares the machine, at the trace's end, with the recording's last digest.
     *
     * @throws DivergenceException if it is not as it was
     */
    public void compareEnd() {
        int last = trace.chunkCount() - 1;
        if (last >= 0 && trace.map().chunks().get(last).closing()) {
            compare(machine.state(), last);
        }
    }

    private void compare(Snapshot snapshot, int chunk) {
        StateDigest recorded;
        try {
            recorded = trace.envelope(chunk).digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StateDigest replayed = new SnapshotCopy(snapshot).digest(snapshot.takeWrittenPages());
        if (recorded != null && !recorded.equals(replayed)) {
            throw new DivergenceException(snapshot.position(), Digests.difference(trace.machine(), recorded, replayed));
        }
    }
}
