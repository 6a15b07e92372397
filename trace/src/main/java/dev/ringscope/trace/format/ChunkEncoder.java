package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.AccessSection;
import dev.ringscope.proto.trace.v1.Accesses;
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
import java.util.ArrayList;
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

    private final Compressor compressor;
    private final BlockNumbers blocks = new BlockNumbers();
    private final FlowColumn flow = new FlowColumn();
    private final AccessColumns accesses = new AccessColumns();
    private final RegisterColumns registers;
    private final List<Event> events = new ArrayList<>();
    private final EventEncoder eventEncoder = new EventEncoder();
    private final SummaryBuilder summary = new SummaryBuilder();
    private long number;
    private long firstPosition;
    private long position;
    private long firstTime;
    private long inputBytes;
    private int firstBlock;
    private Context startContext;

    /**
     * @param zstd whether sections are compressed
     * @param registerCount how many registers the header lists
     */
    public ChunkEncoder(boolean zstd, int registerCount) {
        compressor = new Compressor(zstd);
        registers = new RegisterColumns(registerCount);
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

    public void event(Event event) {
        events.add(event);
        if (event instanceof Event.Input input) {
            inputBytes += input.data().length;
        }
    }

    public void accesses(AccessLog log) {
        accesses.add(log);
    }

    public void registers(RegisterLog log) {
        registers.add(log);
    }

    /**
     * A chunk of what has come so far, if that is so much that it should not wait for the machine's state; null if it
     * is not, or if it cannot be cut yet: flow, events and accesses run ahead of each other.
     *
     * @param known everything before this position has come
     */
    public Encoded cutIfFull(long known) {
        boolean full = accesses.count() > FULL_COLUMN
                || registers.count() > FULL_COLUMN
                || events.size() > FULL_EVENTS
                || inputBytes > FULL_EVENT_BYTES;
        if (!full) {
            return null;
        }
        FlowColumn.Boundary end = flow.boundary(firstPosition, known, blocks.group());
        if (end.position() > firstPosition) {
            return encode(end, end.position(), null);
        }
        // A single position's accesses fill the chunk: one without instructions takes those that have come.
        return accesses.below(firstPosition + 1) > 0 ? encode(end, firstPosition + 1, null) : null;
    }

    /** Whether nothing has come since the last chunk. */
    public boolean empty() {
        return flow.count() == 0 && events.isEmpty() && accesses.count() == 0 && registers.count() == 0;
    }

    /**
     * A chunk of everything that has come so far.
     *
     * @param boundary null: the machine is not told that a chunk ends, and the next chunk that has lists of pages
     *     covers this one too
     */
    public Encoded cut(Boundary boundary) {
        return encode(new FlowColumn.Boundary(flow.count(), position), Long.MAX_VALUE, boundary);
    }

    /** @param limit what has a position from this one on belongs to the next chunk */
    private Encoded encode(FlowColumn.Boundary end, long limit, Boundary boundary) {
        Contents contents =
                new Contents(end.entries(), accesses.below(limit), registers.below(limit), eventsBelow(limit));
        summary.start(firstPosition, startContext);
        WireOutput eventColumn = encodeEvents(contents.events());
        ExecutedPages executed = new ExecutedPages(blocks.group(), flow.entries(), contents.flow());
        events.subList(0, contents.events()).forEach(executed::add);
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
                .setBlockCount(blocks.group().size() - firstBlock);
        if (boundary == null) {
            about.setPagesUnknown(true);
        } else {
            boundary.pages().put(about);
            chunk.setEndDigest(boundary.digest()).setClosing(boundary.closing());
        }
        ChunkSummary built = about.build();
        try {
            addSections(chunk, contents, eventColumn, built);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("columns that are no message", e);
        }
        firstTime = boundary == null ? firstTime + end.position() - firstPosition + summary.skipped() : boundary.time();
        startContext = boundary == null ? summary.context() : boundary.context();
        firstPosition = end.position();
        firstBlock = blocks.group().size();
        drop(contents);
        return new Encoded(chunk.build(), built);
    }

    /** How many entries, from the first, of what has been gathered go into a chunk. */
    private record Contents(int flow, int accesses, int registers, int events) {}

    private int eventsBelow(long limit) {
        int n = events.size();
        while (n > 0 && events.get(n - 1).position() >= limit) {
            n--;
        }
        return n;
    }

    private WireOutput encodeEvents(int count) {
        WireOutput column = new WireOutput(64 * count + 16);
        long before = firstPosition;
        for (Event event : events.subList(0, count)) {
            column.message(Events.EVENTS_FIELD_NUMBER, eventEncoder.message(event, before));
            before = event.position();
            summary.add(event);
        }
        return column;
    }

    private void drop(Contents contents) {
        flow.drop(contents.flow());
        accesses.drop(contents.accesses());
        registers.drop(contents.registers());
        events.subList(0, contents.events()).clear();
        inputBytes = 0;
    }

    @Override
    public void close() {
        compressor.close();
    }

    /** As the schema has it. */
    public static dev.ringscope.proto.trace.v1.Context context(Context context) {
        return dev.ringscope.proto.trace.v1.Context.newBuilder()
                .setRing(context.ring())
                .setMode(EventNames.MODES.to(context.mode()))
                .setTranslationRoot(context.translationRoot())
                .build();
    }

    private void addSections(Chunk.Builder chunk, Contents contents, WireOutput eventColumn, ChunkSummary about)
            throws InvalidProtocolBufferException {
        WireOutput blockColumns = BlockColumns.encode(blocks.group().from(firstBlock));
        if (blockColumns.size() > 0) {
            var section = BlockSection.newBuilder().setUncompressedSize(blockColumns.size());
            chunk.setBlocks(
                    compressor.enabled()
                            ? section.setZstd(zstd(blockColumns))
                            : section.setPlain(Blocks.parseFrom(bytes(blockColumns))));
        }
        if (contents.flow() > 0) {
            WireOutput message = flow.encode(contents.flow());
            var section = FlowSection.newBuilder().setUncompressedSize(message.size());
            chunk.setFlow(
                    compressor.enabled()
                            ? section.setZstd(zstd(message))
                            : section.setPlain(Flow.parseFrom(bytes(message))));
        }
        if (eventColumn.size() > 0) {
            var section = EventSection.newBuilder().setUncompressedSize(eventColumn.size());
            chunk.setEvents(
                    compressor.enabled()
                            ? section.setZstd(zstd(eventColumn))
                            : section.setPlain(Events.parseFrom(bytes(eventColumn))));
        }
        addColumns(chunk, contents);
        byte[] summaryBytes = about.toByteArray();
        var section = SummarySection.newBuilder().setUncompressedSize(summaryBytes.length);
        chunk.setSummary(
                compressor.enabled()
                        ? section.setZstd(compressor.compress(summaryBytes, 0, summaryBytes.length))
                        : section.setPlain(about));
    }

    private void addColumns(Chunk.Builder chunk, Contents contents) throws InvalidProtocolBufferException {
        if (contents.accesses() > 0) {
            WireOutput message =
                    accesses.encode(contents.accesses(), blocks.group(), flow, contents.flow(), firstPosition);
            var section = AccessSection.newBuilder().setUncompressedSize(message.size());
            chunk.setAccesses(
                    compressor.enabled()
                            ? section.setZstd(zstd(message))
                            : section.setPlain(Accesses.parseFrom(bytes(message))));
        }
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
