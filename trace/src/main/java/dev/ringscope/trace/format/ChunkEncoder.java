package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.BlockSection;
import dev.ringscope.proto.trace.v1.Blocks;
import dev.ringscope.proto.trace.v1.Chunk;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.EventSection;
import dev.ringscope.proto.trace.v1.Events;
import dev.ringscope.proto.trace.v1.Flow;
import dev.ringscope.proto.trace.v1.FlowSection;
import dev.ringscope.proto.trace.v1.RegisterSection;
import dev.ringscope.proto.trace.v1.RegisterWrites;
import dev.ringscope.proto.trace.v1.StateDigest;
import dev.ringscope.proto.trace.v1.SummarySection;
import java.io.Closeable;
import java.util.List;

/**
 * Gathers what happens and makes chunks of it. One thread at a time. A chunk goes from the last call of {@link #cut}
 * (or {@link #start}) to the next one; {@link #startGroup} makes the next chunk need no earlier one.
 */
public final class ChunkEncoder implements Closeable {
    /** Beyond so many accesses, register writes or events a chunk ought to be cut wherever it is. */
    private static final int FULL_COLUMN = 1 << 21;

    private static final int FULL_EVENTS = 1 << 17;
    private static final long FULL_EVENT_BYTES = 1 << 24;

    /**
     * What only the machine knows at the end of a chunk.
     *
     * @param pages what was accessed in the chunk
     * @param closing the recording ends
     */
    public record Boundary(long time, Context context, StateDigest digest, ChunkPages pages, boolean closing) {}

    /** A chunk, and its summary as the index repeats it. */
    public record Encoded(Chunk chunk, ChunkSummary summary) {}

    /** A chunk that lacks nothing but its accesses, which take longer than all the rest. */
    public final class Draft {
        private final Chunk.Builder chunk;
        private final ChunkSummary summary;
        /** Null if there are none. */
        private final ChunkAccesses made;

        private Draft(Chunk.Builder chunk, ChunkSummary summary, ChunkAccesses made) {
            this.chunk = chunk;
            this.summary = summary;
            this.made = made;
        }

        /** The whole chunk, once: on any thread, of an encoder's drafts one at a time. */
        public Encoded finish() {
            if (made != null) {
                chunk.setAccesses(accessEncoder.encode(made));
                accesses.give(made.logs());
            }
            return new Encoded(chunk.build(), summary);
        }
    }

    private final Compressor compressor;
    private final BlockNumbers blocks = new BlockNumbers();
    private final FlowColumn flow = new FlowColumn();
    private final AccessLogs accesses = new AccessLogs();
    private final AccessEncoder accessEncoder;
    private final RegisterColumns registers;
    private final EventRepeats eventRepeats = new EventRepeats();
    private final EventBatch eventBatch = new EventBatch(1);
    private final EventColumn events = new EventColumn();
    private final RepeatingColumn eventColumn = new RepeatingColumn();
    private final EventTemplates eventTemplates = new EventTemplates();
    private final SummaryBuilder summary = new SummaryBuilder();
    private long number;
    private long firstPosition;
    private long position;
    private long firstTime;
    private int firstBlock;
    private Context startContext;

    /**
     * @param zstd whether sections are compressed
     * @param registerCount how many registers the header lists
     */
    public ChunkEncoder(boolean zstd, int registerCount) {
        compressor = new Compressor(zstd);
        accessEncoder = new AccessEncoder(zstd);
        registers = new RegisterColumns(registerCount);
    }

    /** What the names of classes begin with that a recording uses once a chunk. */
    public static List<String> onceAChunk() {
        return List.of(
                Message.class.getPackageName() + '.',
                Chunk.class.getPackageName() + '.',
                SummaryBuilder.class.getName(),
                ChunkPages.class.getName());
    }

    /** Begins at position 0. */
    public void start(long time, Context context) {
        firstTime = time;
        startContext = context;
    }

    /** Begins where another recording's chunks end, with the chunk of this number, which needs no earlier one. */
    public void resume(long nextNumber, long atPosition, long time, Context context) {
        number = nextNumber;
        firstPosition = atPosition;
        position = atPosition;
        start(time, context);
    }

    /** Instructions so far. */
    public long position() {
        return position;
    }

    /**
     * The next chunk needs no earlier one to be read. Only directly behind {@link #start} or a {@link #cut} at a
     * boundary.
     */
    public void startGroup() {
        blocks.startGroup();
        firstBlock = 0;
    }

    /** Blocks are numbered in the order of these calls, from 0. */
    public void define(BlockDefinition block) {
        blocks.define(block);
    }

    public void flow(int[] entries, int count) {
        position += flow.add(entries, count, blocks);
    }

    /** The same for what somebody has looked through already: in one chunk always one of the two. */
    public void flow(FlowBatch batch) {
        position += flow.add(batch, blocks);
    }

    public void event(Event event) {
        eventRepeats.add(event, eventBatch);
        events.add(eventBatch);
        eventBatch.clear();
    }

    /** The same for what somebody has looked through already: in one chunk always one of the two. */
    public void events(EventBatch batch) {
        events.add(batch);
    }

    /**
     * Keeps the log.
     *
     * @return one to be filled in its place: after clearing it
     */
    public AccessLog accesses(AccessLog log) {
        return accesses.add(log);
    }

    public void registers(RegisterLog log) {
        registers.add(log);
    }

    /**
     * A chunk of what has come so far, if that is so much that it should not wait for the machine's state; null if it
     * is not, or if it cannot be cut yet: flow, events and accesses run ahead of each other. Where it is cut depends on
     * what happened alone, not on how much of that has come.
     *
     * @param known every access and register write before this position has come; so have all events in front of
     *     {@link #position()}
     */
    public Encoded cutIfFull(long known) {
        Draft draft = draftIfFull(known);
        return draft == null ? null : draft.finish();
    }

    /** As {@link #cutIfFull}; what comes next may be added before it is finished. */
    public Draft draftIfFull(long known) {
        long accessed = accesses.count() > FULL_COLUMN ? accesses.position(FULL_COLUMN - 1) : Long.MAX_VALUE;
        long written = registers.count() > FULL_COLUMN ? registers.position(FULL_COLUMN - 1) : Long.MAX_VALUE;
        int rows = events.filling(FULL_EVENTS, FULL_EVENT_BYTES);
        long happened = rows > 0 ? events.position(rows - 1) : Long.MAX_VALUE;
        long full = Math.min(Math.min(accessed, written), happened);
        if (full == Long.MAX_VALUE || full > Math.min(known, position)) {
            return null;
        }
        FlowColumn.Boundary end = flow.boundary(firstPosition, full, blocks.group());
        if (end.position() == firstPosition && full == firstPosition) {
            // A single position fills the chunk: one without instructions takes that.
            int first = full == accessed ? FULL_COLUMN : 0;
            int second = full == written ? FULL_COLUMN : 0;
            return encode(end, new Contents(0, firstBlock, first, second, full == happened ? rows : 0), null);
        }
        if (end.position() == firstPosition) {
            end = flow.firstBlock(firstPosition, blocks.group());
        }
        return end.position() <= known ? encode(end, below(end.entries(), end.position()), null) : null;
    }

    /** Whether nothing has come since the last chunk. */
    public boolean empty() {
        return flow.count() == 0 && events.count() == 0 && accesses.count() == 0 && registers.count() == 0;
    }

    /**
     * A chunk of everything that has come so far.
     *
     * @param boundary null: the machine is not told that a chunk ends, and the next chunk that has lists of pages
     *     covers this one too
     */
    public Encoded cut(Boundary boundary) {
        return draft(boundary).finish();
    }

    /** As {@link #cut}; what comes next may be added before it is finished. */
    public Draft draft(Boundary boundary) {
        return encode(new FlowColumn.Boundary(flow.count(), position), below(flow.count(), Long.MAX_VALUE), boundary);
    }

    /** @param limit what has a position from this one on belongs to the next chunk */
    private Contents below(int entries, long limit) {
        return new Contents(
                entries, blocks(entries), accesses.below(limit), registers.below(limit), events.below(limit));
    }

    /** The group's number of the first block that does not occur in so many entries. */
    private int blocks(int entries) {
        return Math.max(firstBlock, entries == flow.count() ? blocks.group().size() : flow.blocks(entries));
    }

    private Draft encode(FlowColumn.Boundary end, Contents contents, Boundary boundary) {
        flow.split(contents.flow());
        summary.start(firstPosition, startContext);
        ExecutedPages executed = new ExecutedPages(blocks.group(), flow, contents.flow());
        encodeEvents(contents.events(), executed);
        ChunkSummary.Builder about = summary.finish(end.position())
                .addAllPagesExecuted(executed.physical())
                .addAllLinearExecuted(executed.linear())
                .setAccessCount(contents.accesses())
                .setRegisterWriteCount(contents.registers());
        Chunk.Builder chunk = Chunk.newBuilder()
                .setNumber(number++)
                .setFirstPosition(firstPosition)
                .setInstructionCount(end.position() - firstPosition)
                .setFirstTime(firstTime)
                .addStart(context(startContext))
                .setFirstBlock(firstBlock)
                .setBlockCount(contents.blocks() - firstBlock);
        if (boundary == null) {
            about.setPagesUnknown(true);
        } else {
            boundary.pages().put(about);
            chunk.setEndDigest(boundary.digest()).setClosing(boundary.closing());
        }
        ChunkSummary built = about.build();
        try {
            addSections(chunk, contents, built);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("columns that are no message", e);
        }
        ChunkAccesses accessed = accesses(contents, (int) chunk.getInstructionCount());
        firstTime = boundary == null ? firstTime + end.position() - firstPosition + summary.skipped() : boundary.time();
        startContext = boundary == null ? summary.context() : boundary.context();
        firstPosition = end.position();
        firstBlock = contents.blocks();
        drop(contents);
        if (boundary != null) {
            flow.ended();
            eventRepeats.reset();
        }
        return new Draft(chunk, built, accessed);
    }

    private ChunkAccesses accesses(Contents contents, int instructions) {
        if (contents.accesses() == 0) {
            return null;
        }
        SlotMap slots = accessEncoder.slots();
        slots.prepare(blocks.group(), flow.entries(contents.flow()), contents.flow(), instructions);
        List<AccessLog> logs = accesses.take(contents.accesses());
        return new ChunkAccesses(logs, slots, blocks.group().slotCount(), firstPosition);
    }

    /**
     * How many entries, from the first, of what has been gathered go into a chunk.
     *
     * @param blocks the group's number behind the last block that it defines
     */
    private record Contents(int flow, int blocks, int accesses, int registers, int events) {}

    private void encodeEvents(int count, ExecutedPages executed) {
        eventColumn.clear();
        events.forEach(count, new EventColumn.Sink() {
            private long before = firstPosition;
            private int cycleAt;

            @Override
            public void event(EventRows rows, int row, long at) {
                eventTemplates.write(eventColumn.out(), rows, row, at - before);
                before = at;
                summary.add(rows, row, at);
                executed.add(rows, row);
            }

            @Override
            public void cycle() {
                cycleAt = eventColumn.out().size();
                summary.cycle();
            }

            @Override
            public void again(int times, long distance) {
                eventColumn.again(eventColumn.out().size() - cycleAt, times);
                summary.again(times, distance);
                before += times * distance;
            }
        });
    }

    private void drop(Contents contents) {
        flow.drop(contents.flow());
        registers.drop(contents.registers());
        events.drop(contents.events());
    }

    @Override
    public void close() {
        compressor.close();
        accessEncoder.close();
    }

    /** As the schema has it. */
    public static dev.ringscope.proto.trace.v1.Context context(Context context) {
        return dev.ringscope.proto.trace.v1.Context.newBuilder()
                .setRing(context.ring())
                .setMode(EventNames.MODES.to(context.mode()))
                .setTranslationRoot(context.translationRoot())
                .build();
    }

    private void addSections(Chunk.Builder chunk, Contents contents, ChunkSummary about)
            throws InvalidProtocolBufferException {
        WireOutput blockColumns = BlockColumns.encode(blocks.group().range(firstBlock, contents.blocks()));
        if (blockColumns.size() > 0) {
            var section = BlockSection.newBuilder().setUncompressedSize(blockColumns.size());
            chunk.setBlocks(
                    compressor.enabled()
                            ? section.setZstd(zstd(blockColumns))
                            : section.setPlain(Blocks.parseFrom(bytes(blockColumns))));
        }
        if (contents.flow() > 0) {
            chunk.setFlow(compressor.enabled() ? flow.compress(contents.flow(), compressor) : plainFlow(contents));
        }
        if (eventColumn.size() > 0) {
            var section = EventSection.newBuilder().setUncompressedSize(eventColumn.size());
            chunk.setEvents(
                    compressor.enabled()
                            ? section.setZstd(eventColumn.compress(compressor))
                            : section.setPlain(Events.parseFrom(bytes(eventColumn.whole()))));
        }
        addRegisters(chunk, contents);
        byte[] summaryBytes = about.toByteArray();
        var section = SummarySection.newBuilder().setUncompressedSize(summaryBytes.length);
        chunk.setSummary(
                compressor.enabled()
                        ? section.setZstd(compressor.compress(summaryBytes, 0, summaryBytes.length))
                        : section.setPlain(about));
    }

    private FlowSection.Builder plainFlow(Contents contents) throws InvalidProtocolBufferException {
        WireOutput message = flow.encode(contents.flow());
        return FlowSection.newBuilder().setUncompressedSize(message.size()).setPlain(Flow.parseFrom(bytes(message)));
    }

    private void addRegisters(Chunk.Builder chunk, Contents contents) throws InvalidProtocolBufferException {
        if (contents.registers() > 0) {
            WireOutput message = registers.encode(contents.registers(), firstPosition);
            var section = RegisterSection.newBuilder().setUncompressedSize(message.size());
            chunk.setRegisters(
                    compressor.enabled()
                            ? section.setZstd(zstd(message))
                            : section.setPlain(RegisterWrites.parseFrom(bytes(message))));
        }
    }

    private ByteString zstd(WireOutput message) {
        return compressor.compress(message.array(), 0, message.size());
    }

    private static ByteString bytes(WireOutput message) {
        return UnsafeByteOperations.unsafeWrap(message.array(), 0, message.size());
    }
}
