package dev.ringscope.trace;

import static dev.ringscope.proto.trace.v1.StopReason.STOP_REASON_TRIPLE_FAULT;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.BlockLog;
import dev.ringscope.emulator.Bookmarks;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Outside;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Worth;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.proto.trace.v1.StateDigest;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The recorded machine at any position of a trace: restored from the nearest checkpoint, re-executed with the recorded
 * inputs. What every chunk's end looks like is compared with the recording's digest on the way.
 *
 * <p>A position's state is that in front of the instruction that is attempted there, behind any interrupt that was
 * taken there. One thread.
 */
public final class Timeline {
    /** Exceptions and interrupts between two instructions; what the trace holds more of, may be more. */
    private static final long MOST_DELIVERIES = 1 << 20;

    /** More of the same trap do not fit into a byte of a file: Zstandard needs that much. */
    private static final long TRAPS_PER_BYTE = 1 << 10;

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
        public AccessLog exchange(AccessLog log) {
            return listener.exchange(log);
        }

        @Override
        public void registers(RegisterLog log) {
            listener.registers(log);
        }

        @Override
        public void blocks(BlockLog log) {
            listener.blocks(log);
        }

        @Override
        public long chunkEnd(Snapshot snapshot) {
            return boundary(snapshot);
        }
    }

    private final TraceReader trace;
    private final Detail detail;
    private final Machine machine;
    private final Tap tap = new Tap();
    private final RecordedInputs inputs;
    private final CheckpointMemory memory;
    private Recorder listener = Recorder.NONE;
    private Runnable look = () -> {};
    private boolean sound = true;
    /** The checkpoint restored last, -1 at first. */
    private int checkpoint = -1;

    /** The chunk whose end the machine reaches next. */
    private int awaited;
    /** The machine has been restored, and has not run since. */
    private boolean restored;
    /** The checkpoint restored last lies at the recording's very end: nothing happened afterwards. */
    private boolean atClosing;
    /** Which pages were written in the running chunk is not known, because time went back in it. */
    private boolean rewound;

    private record Mark(RecordedInputs.Mark inputs, int awaited, boolean restored) {}

    private final List<Mark> marks = new ArrayList<>();
    private final Bookmarks bookmarks;

    /**
     * Builds the trace's machine.
     *
     * @param detail what re-execution tells its listener: data accesses from {@link Detail#MEMORY} on, register writes
     *     with {@link Detail#FULL}
     */
    public Timeline(TraceReader trace, Detail detail) throws IOException {
        this(trace, detail, null);
    }

    /**
     * Builds the trace's machine in the memory of another, which must not be used any more, wherever it stands: that is
     * done in milliseconds.
     *
     * @param detail what re-execution tells its listener
     */
    public static Timeline inPlaceOf(Timeline spent, Detail detail) throws IOException {
        return new Timeline(spent.trace, detail, spent.machine.memory());
    }

    private Timeline(TraceReader trace, Detail detail, PhysicalMemory spent) throws IOException {
        this.trace = trace;
        this.detail = detail;
        Outside outside = Outside.recorded(this::told);
        machine = build(outside, spent);
        inputs = new RecordedInputs(trace, machine, outside, this::look);
        memory = new CheckpointMemory(trace, machine, this::look);
        bookmarks = new Bookmarks(machine);
        machine.setRecorder(tap);
        machine.setScript(inputs);
        machine.setMostDeliveries(mostDeliveries());
    }

    /** A forged trace may make the machine fault for ever, and say that it holds any number of traps. */
    private long mostDeliveries() {
        long traps = 0;
        for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
            traps += trace.events(chunk).getTraps();
        }
        return Math.clamp(traps, MOST_DELIVERIES, Math.max(MOST_DELIVERIES, TRAPS_PER_BYTE * trace.size()));
    }

    private void told(String source, byte[] answer) {
        listener.event(new Event.Input(machine.position(), source, answer));
    }

    /**
     * Answers that the machine asks for are inputs too, for a listener that records them. Right after {@link #restore}.
     */
    void tellAnswers() {
        inputs.tellAnswers();
    }

    /**
     * For a listener that records: answers that the machine asks for are inputs too from now on, and the listener is
     * told every block that is executed. Right after {@link #restore}.
     */
    public void tellAll() {
        inputs.tellAnswers();
        machine.setRecorder(tap);
    }

    private Machine build(Outside outside, PhysicalMemory spent) {
        try {
            byte[] rom = new byte[Math.toIntExact(trace.machine().romBytes())];
            PhysicalMemory ram = spent == null
                    ? new PhysicalMemory(Math.toIntExact(trace.machine().ramBytes()), rom)
                    : PhysicalMemory.inPlaceOf(spent, rom);
            Machine built = new Machine(trace.machine(), ram, new Wiring(outside), detail != Detail.FLOW);
            built.compile(Worth.AGAIN);
            return built;
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
     * What is run from now on where much may be done without an instruction's retiring: before a page of memory is
     * fetched, and between the slices of an instruction that repeats itself. It may throw; then the machine is not
     * {@link #sound} any more.
     */
    public void setLook(Runnable newLook) {
        look = newLook;
    }

    /** Whether the machine can be used: not when it was left in the middle of an instruction. */
    public boolean sound() {
        return sound;
    }

    private void look() {
        sound = false;
        look.run();
        sound = true;
    }

    /** Whether the listener is given {@link Recorder#blocks} from now on. */
    public void noteBlocks(boolean noted) {
        machine.noteBlocks(noted);
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
        try {
            memory.restore(number);
            machine.state().restore(state.processors(), state.devices(), state.machine());
        } catch (IllegalArgumentException e) {
            throw new TraceFormatException(
                    trace.file(),
                    trace.map().checkpoints().get(number).offset(),
                    "a state that this version can restore, found: " + e.getMessage());
        }
        TraceMap map = trace.map();
        int behind = map.firstChunkBehind(map.checkpoints().get(number));
        awaited = map.endOfSpan(behind);
        atClosing = behind > 0
                && behind == trace.chunkCount()
                && map.chunks().getLast().closing();
        inputs.restore(awaited);
        if (detail == Detail.FULL) {
            machine.noteRegisters();
        }
        checkpoint = number;
        restored = true;
        rewound = false;
        clearMarks();
    }

    /** Makes the present moment one that {@link #rewind} goes back to in no time. */
    public void mark() {
        marks();
        bookmarks.add();
        marks.add(new Mark(inputs.mark(), awaited, restored));
    }

    /**
     * How many marks there are, from the earliest at 0 to the latest. All are gone after {@link #restore}, after a
     * {@link #seek} that restored, and when more was written since the first than can be kept.
     */
    public int marks() {
        if (bookmarks.count() == 0) {
            marks.clear();
        }
        return marks.size();
    }

    /** Instructions retired at a mark. */
    public long markPosition(int number) {
        return bookmarks.position(number);
    }

    /** Forgets a mark that is not the earliest. */
    public void unmark(int number) {
        bookmarks.remove(number);
        marks.remove(number);
    }

    /** Forgets all marks. */
    public void clearMarks() {
        bookmarks.clear();
        marks.clear();
    }

    /** Goes back to a mark, which becomes the latest. */
    public void rewind(int number) {
        marks();
        bookmarks.rewind(number);
        Mark mark = marks.get(number);
        marks.subList(number + 1, marks.size()).clear();
        inputs.rewind(mark.inputs);
        awaited = mark.awaited;
        restored = mark.restored;
        rewound = true;
    }

    /** Runs on to a position, at or behind the present one. */
    public void run(long position) {
        if (atClosing && machine.position() == position) {
            return;
        }
        StopReason reason = machine.run(position);
        if (machine.position() != position) {
            throw new DivergenceException(
                    trace.file(),
                    machine.position(),
                    "the machine stopped (%s) before position %d".formatted(reason, position));
        }
    }

    /**
     * The trace has grown, see {@link TraceRecorder#look}: the machine stays where it is, and can go on to the new end.
     */
    public void grown() throws IOException {
        machine.setMostDeliveries(mostDeliveries());
        inputs.extend();
        memory.grown();
        clearMarks(); // they know the old end
        if (checkpoint >= 0) {
            awaited = trace.map().endOfSpan(awaited);
            inputs.grow(awaited);
            if (!restored) {
                machine.setChunkEnd(chunkEnd());
            }
        }
    }

    private long chunkEnd() {
        return awaited < trace.chunkCount() ? trace.map().chunks().get(awaited).endPosition() : Long.MAX_VALUE;
    }

    /** Chunks end where they did: translations are dropped there, which a guest can notice in accessed bits. */
    private long boundary(Snapshot snapshot) {
        if (restored) {
            restored = false;
            snapshot.takeWrittenPages();
        } else {
            if (!rewound) {
                compare(snapshot, awaited);
            }
            rewound = false;
            listener.chunkEnd(snapshot);
            awaited = trace.map().endOfSpan(awaited + 1);
        }
        snapshot.takeReadPages();
        inputs.enter(awaited);
        return chunkEnd();
    }

    /**
     * Compares the machine, at the trace's end, with the recording's last digest.
     *
     * @throws DivergenceException if it is not as it was
     */
    public void compareEnd() {
        int last = trace.chunkCount() - 1;
        if (last >= 0 && !rewound && !restored && trace.map().chunks().get(last).closing()) {
            if (trace.index().getEnd().getReason() == STOP_REASON_TRIPLE_FAULT) {
                machine.step(); // the instruction that does not retire, but leaves its traces in the processor
            }
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
            throw new DivergenceException(
                    trace.file(), snapshot.position(), Digests.difference(trace.machine(), recorded, replayed));
        }
    }
}
