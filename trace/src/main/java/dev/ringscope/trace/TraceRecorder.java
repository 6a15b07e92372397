package dev.ringscope.trace;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.proto.trace.v1.Compression;
import dev.ringscope.proto.trace.v1.Header;
import dev.ringscope.proto.trace.v1.Index;
import dev.ringscope.trace.Work.Batch;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.CheckpointEncoder;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.format.ChunkPages;
import dev.ringscope.trace.format.EventEncoder;
import dev.ringscope.trace.format.EventRepeats;
import dev.ringscope.trace.format.EventRows;
import dev.ringscope.trace.format.FlowRepeats;
import dev.ringscope.trace.format.HeaderCodec;
import dev.ringscope.trace.format.IndexBuilder;
import dev.ringscope.trace.format.TraceOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Records a machine into a file. The guest's thread only copies; a second thread encodes, compresses and writes.
 * Nothing is ever lost: a guest that is faster than the encoder waits. All methods are called on the guest's thread;
 * they throw {@link UncheckedIOException} when the file cannot be written, and what was written before stays a readable
 * trace.
 */
public final class TraceRecorder implements Recorder {
    private final Path file;
    private final RecordingOptions options;
    private final EncoderThread encoder;
    private final TraceOutput out;
    private final CheckpointSchedule schedule;
    private final FlowRepeats repeats = new FlowRepeats();
    private final EventRepeats eventRepeats = new EventRepeats();
    private Batch batch;
    private Event.End end;
    /** What the machine called the first block it defined: numbers in the trace count from there. */
    private int firstBlock = -1;

    /** Positions of the latest access and register write. */
    private long lastAccess;

    private long lastRegister;
    /** Position of the latest event but the recording's end. */
    private long lastHappening = -1;
    /** Blocks entered, and events told, since the machine was told a chunk's end. */
    private long entries;

    private long events;
    /** As {@link RecordingPace} has them. */
    private long checkpoints;

    private long longestStop;
    private long stops;
    /** The first checkpoint has been taken. */
    private boolean started;
    /** The machine has called {@link #chunkEnd}. */
    private boolean told;

    private TraceReader reader;
    /** The machine has told something that {@link #reader} does not know. */
    private boolean news = true;

    private boolean finished;

    /**
     * Creates the file and writes its header.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file and it may not be replaced
     */
    public TraceRecorder(Path file, MachineDescription machine, RecordingOptions options) throws IOException {
        this.file = file;
        this.options = options;
        out = new TraceOutput(file, header(machine, options), options.overwrite());
        encoder = new EncoderThread(
                out,
                new ChunkEncoder(options.compress(), machine.registers().size()),
                new CheckpointEncoder(options.compress(), machine.registers()),
                options);
        schedule = new CheckpointSchedule(options, 0);
        batch = encoder.take();
    }

    /** Goes on behind a checkpoint of another trace, of which everything up to there is copied. */
    private TraceRecorder(Path file, TraceReader trace, int checkpoint, RecordingOptions options) throws IOException {
        this.file = file;
        this.options = options;
        out = new TraceOutput(file, header(trace.machine(), options), options.overwrite());
        var registers = trace.machine().registers();
        ChunkEncoder chunks = new ChunkEncoder(options.compress(), registers.size());
        CheckpointEncoder checkpoints = new CheckpointEncoder(options.compress(), registers);
        try {
            int copied = new History(trace).copy(checkpoint, out);
            CheckpointEncoder.State state = trace.checkpoint(checkpoint).state(registers);
            chunks.resume(
                    copied, state.position(), state.time(), state.contexts().getFirst());
            checkpoints.resume(checkpoint + 1L);
            schedule = new CheckpointSchedule(options, state.position());
        } catch (IOException | RuntimeException e) {
            chunks.close();
            checkpoints.close();
            out.close();
            throw e;
        }
        encoder = new EncoderThread(out, chunks, checkpoints, options);
        batch = encoder.take();
        started = true;
        told = true;
    }

    /** The recorder of a {@link Branch}: to be told what re-execution does from that checkpoint on. */
    static TraceRecorder behind(Path file, TraceReader trace, int checkpoint, RecordingOptions options)
            throws IOException {
        return new TraceRecorder(file, trace, checkpoint, options);
    }

    private static Header header(MachineDescription machine, RecordingOptions options) {
        Header.Builder header = Header.newBuilder()
                .setMagic(HeaderCodec.MAGIC)
                .setFormatVersion(HeaderCodec.VERSION)
                .setDetail(options.detail().message())
                .setCompression(options.compress() ? Compression.COMPRESSION_ZSTD : Compression.COMPRESSION_NONE)
                .setCreatedUnixSeconds(options.createdUnixSeconds())
                .setTool(options.tool())
                .setMachine(HeaderCodec.machine(machine))
                .addAllRegisters(HeaderCodec.registers(machine));
        if (options.compress()) {
            header.addRequiredFeatures(HeaderCodec.ZSTD);
        }
        return header.build();
    }

    @Override
    public void define(Block block) {
        news = true;
        if (firstBlock < 0) {
            firstBlock = block.id;
        }
        batch.blocks.add(BlockDefinition.of(block));
        if (batch.blocks.size() >= Batch.BLOCKS) {
            handOver();
        }
    }

    @Override
    public void flow(int[] entries, int count) {
        news |= count > 0;
        if (Batch.FLOW - batch.flow.count() < count) {
            handOver();
        }
        this.entries += count;
        repeats.add(firstBlock > 0 ? renumbered(entries, count) : entries, count, batch.flow);
    }

    private int[] renumbered(int[] entries, int count) {
        int[] own = new int[count];
        for (int i = 0; i < count; i++) {
            own[i] = entries[i] - (entries[i] >= 0 ? firstBlock : 0);
        }
        return own;
    }

    @Override
    public void event(Event event) {
        news = true;
        if (event instanceof Event.End last) {
            end = last;
        } else {
            lastHappening = event.position();
        }
        eventRepeats.add(event, batch.events);
        told();
    }

    @Override
    public void ringChange(
            long position,
            int from,
            int to,
            Event.Mode fromMode,
            Event.Mode toMode,
            Event.Cause cause,
            int vector,
            long source,
            long sourceValue,
            long fromPc,
            long toPc,
            long fromStack,
            long toStack) {
        news = true;
        lastHappening = position;
        long small = EventRows.ringChange(from, to, fromMode, toMode, cause, vector);
        eventRepeats.add(position, small, source, sourceValue, fromPc, toPc, fromStack, toStack, 0, batch.events);
        told();
    }

    @Override
    public void tableUpdate(
            long position,
            Event.TableWriter writer,
            int level,
            long entry,
            int entrySize,
            long oldValue,
            long newValue,
            long first,
            long size,
            long root,
            long pc) {
        news = true;
        lastHappening = position;
        long small = EventRows.tableUpdate(writer, level, entrySize);
        eventRepeats.add(position, small, entry, oldValue, newValue, first, size, root, pc, batch.events);
        told();
    }

    /** One more event. */
    private void told() {
        events++;
        if (batch.events.told() >= Batch.EVENTS || batch.events.count() >= Batch.ALL_EVENTS) {
            handOver();
        }
    }

    @Override
    public void accesses(AccessLog log) {
        AccessLog copy = new AccessLog();
        copy.append(log);
        exchange(copy);
    }

    @Override
    public AccessLog exchange(AccessLog log) {
        if (batch.accesses == null || log.count == 0) {
            return log;
        }
        if (batch.accesses.count > 0) {
            handOver();
        }
        lastAccess = log.base + log.instruction[log.count - 1];
        AccessLog empty = batch.accesses;
        batch.accesses = log;
        return empty;
    }

    @Override
    public void registers(RegisterLog log) {
        if (batch.registers == null || log.count == 0) {
            return;
        }
        if (batch.registers.count > 0) {
            handOver();
        }
        RegisterLog copy = batch.registers;
        System.arraycopy(log.part, 0, copy.part, 0, log.count);
        System.arraycopy(log.value, 0, copy.value, 0, log.count);
        System.arraycopy(log.instruction, 0, copy.instruction, 0, log.count);
        copy.base = log.base;
        copy.count = log.count;
        lastRegister = log.base + log.instruction[log.count - 1];
    }

    @Override
    public long chunkEnd(Snapshot snapshot) {
        news = true;
        int pages = 0;
        if (!started) {
            start(snapshot);
        } else if (told) {
            pages = cut(snapshot);
        }
        told = true;
        repeats.reset();
        eventRepeats.reset();
        return snapshot.position() + schedule.chunk(pages);
    }

    private void start(Snapshot snapshot) {
        if (snapshot.position() != 0) {
            throw new IllegalStateException("a recording begins at position 0, not at " + snapshot.position());
        }
        started = true;
        ChunkPages.take(snapshot); // what was loaded belongs to no chunk; and the first chunk's end finds this compiled
        encoder.put(new Work.Start(snapshot.time(), snapshot.contexts().getFirst()));
        encoder.put(new SnapshotCopy(snapshot).checkpoint(true, encoder.room()));
    }

    /** @return how many pages were written since the last cut */
    private int cut(Snapshot snapshot) {
        long start = System.nanoTime();
        handOver();
        SnapshotCopy copy = new SnapshotCopy(snapshot);
        SnapshotCopy.Boundary boundary = copy.boundary(false);
        encoder.put(new Work.Cut(snapshot.position(), boundary));
        long[] written = boundary.pages().written();
        if (schedule.due(snapshot.position(), written, entries, events)) {
            encoder.put(copy.checkpoint(false, encoder.room()));
            long stop = System.nanoTime() - start;
            checkpoints++;
            stops += stop;
            longestStop = Math.max(longestStop, stop);
        }
        entries = 0;
        events = 0;
        return written.length;
    }

    /** Waits until everything recorded so far, up to the last chunk's end, is in the file. */
    public void flush() {
        CountDownLatch done = new CountDownLatch(1);
        encoder.put(new Work.Flush(done));
        await(done);
    }

    /**
     * Lets the recording so far be read, up to where the machine stands, between two runs; it goes on afterwards. The
     * machine notices nothing: its events and their positions stay what they would have been. The chunk that is being
     * gathered is cut here, without lists of pages, unless nothing has happened since the last cut.
     *
     * @return always the same reader, which is as new as the last call of this method and used by nobody else during
     *     it. If its {@link TraceReader#map} is another one than before, whoever re-executes calls
     *     {@link Timeline#grown}; if it is the same, nothing has been recorded in between. It stays usable when the
     *     recording is over, and is to be closed by the caller.
     */
    public TraceReader look(Snapshot snapshot) throws IOException {
        if (!news) {
            encoder.check();
            return reader;
        }
        if (!started) {
            start(snapshot);
        }
        handOver();
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<IndexBuilder.Written> written = new AtomicReference<>();
        encoder.put(new Work.Look(snapshot.position(), written, done));
        await(done);
        if (reader == null) {
            reader = TraceReader.growing(file);
        }
        reader.grow(written.get());
        news = false;
        return reader;
    }

    private void await(CountDownLatch done) {
        boolean interrupted = false;
        while (done.getCount() > 0) {
            try {
                done.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        encoder.check();
    }

    /**
     * Ends the recording where the machine stands, between two instructions, with its flow and accesses flushed, and
     * closes the file.
     *
     * @param exitStatus the guest's, if it gave one
     */
    public void finish(Snapshot snapshot, OptionalInt exitStatus) {
        if (!started) {
            start(snapshot);
        }
        handOver();
        SnapshotCopy copy = new SnapshotCopy(snapshot);
        encoder.put(new Work.Cut(snapshot.position(), copy.boundary(true)));
        if (restorable(snapshot.position())) {
            encoder.put(copy.checkpoint(false, encoder.room()));
        }
        Index.Builder ending = Index.newBuilder().setEndTime(snapshot.time());
        if (end != null) {
            ending.setEnd(EventEncoder.end(end));
        }
        exitStatus.ifPresent(ending::setExitStatus);
        encoder.put(new Work.Finish(ending.build()));
        finished = true;
        encoder.join();
    }

    /**
     * Whether a checkpoint may lie at the recording's end: who goes there by re-execution comes to the same state. Of
     * several moments at that position it would be the last one; and a triple fault has left traces in the processor.
     */
    private boolean restorable(long position) {
        return schedule.worthwhile(position)
                && lastHappening < position
                && (end == null || end.reason() != StopReason.TRIPLE_FAULT);
    }

    /**
     * Gives the recording up after an error: the file stays readable up to its last whole chunk. No effect after
     * {@link #finish}.
     */
    public void abandon() {
        if (!finished) {
            finished = true;
            encoder.abandon();
        }
    }

    /** Bytes in the file so far; a moment's value while the recording runs. */
    public long bytes() {
        return out.bytes();
    }

    /** How much the guest has been held up so far. */
    public RecordingPace pace() {
        return new RecordingPace(checkpoints, longestStop, stops, encoder.waiting());
    }

    private void handOver() {
        Batch full = batch;
        full.known = switch (options.detail()) {
            case FLOW -> Long.MAX_VALUE;
            case MEMORY -> lastAccess;
            case FULL -> Math.min(lastAccess, lastRegister);
        };
        batch = null;
        encoder.put(full);
        batch = encoder.take();
    }
}
