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
import java.util.BitSet;
import java.util.TreeSet;

/**
 * Gathers what happens and makes chunks of it. One thread at a time. A chunk goes from the last call of {@link #cut} (or {@link #start}) to
 * the next one; {@link #startGroup} makes the next chunk need no earlier one.
 */
public final class ChunkEncoder implements Closeable {
    /** Beyond so many accesses, register writes, or bytes of events a chunk ought to be cut wherever it is. */
    private static final int FULL_COLUMN = 1 << 21;

    private static final int FULL_EVENTS = 1 << 24;
    private static final int EVENT_TAG = Events.EVENTS_FIELD_NUMBER << 3 | 2;

    /**
     * What only the machine knows at the end of a chunk.
     *
     * @param written physical pages written in the chunk, ascending
     * @param read physical pages read in the chunk, ascending
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Boundary(long time, Context context, StateDigest digest, long[] written, long[] read) {}

    /** A chunk, and its summary as the index repeats it. */
    public record Encoded(Chunk chunk, ChunkSummary summary) {}

    private final Compressor compressor;
    private final BlockNumbers blocks = new BlockNumbers();
    private final FlowColumn flow = new FlowColumn();
    private final AccessColumns accesses = new AccessColumns();
    private final RegisterColumns registers;
    private final WireOutput events = new WireOutput(1 << 16);
    private final SummaryBuilder summary = new SummaryBuilder();
    private long number;
    private long firstPosition;
    private long position;
    private long firstTime;
    private long skipped;
    private long eventPosition;
    /** The latest position that an event, access or register write names. */
    private long named;
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
        skipped = time;
        begin(0, time, context);
    }

    /** Instructions so far. */
    public long position() {
        return position;
    }

    /** The next chunk needs no earlier one to be read. Only directly behind {@link #cut} or {@link #start}. */
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
        byte[] bytes = EventEncoder.encode(event, eventPosition).toByteArray();
        eventPosition = event.position();
        named = Math.max(named, eventPosition);
        events.varint(EVENT_TAG);
        events.varint(bytes.length);
        events.bytes(bytes, 0, bytes.length);
        summary.add(event);
        if (event instanceof Event.Halt halt) {
            skipped += halt.until() - halt.from();
        }
    }

    public void accesses(AccessLog log) {
        accesses.add(log);
        named = Math.max(named, log.base + log.instruction[log.count - 1]);
    }

    public void registers(RegisterLog log) {
        registers.add(log);
        named = Math.max(named, log.base + log.instruction[log.count - 1]);
    }

    /**
     * The chunk has become so large that it should be cut even where the machine's state is not at hand, and can be: the flow has come
     * as far as everything else.
     */
    public boolean full() {
        return named <= position && (accesses.count() > FULL_COLUMN || registers.count() > FULL_COLUMN || events.size() > FULL_EVENTS);
    }

    /** Whether there is anything in the chunk. */
    public boolean empty() {
        return flow.count() == 0 && events.size() == 0 && accesses.count() == 0 && registers.count() == 0;
    }

    /** @param boundary null where the machine's state is not at hand */
    public Encoded cut(Boundary boundary) {
        Chunk.Builder chunk = Chunk.newBuilder()
                .setNumber(number)
                .setFirstPosition(firstPosition)
                .setInstructionCount(position - firstPosition)
                .setFirstTime(firstTime)
                .addStart(context(startContext))
                .setFirstBlock(firstBlock)
                .setBlockCount(blocks.group().size() - firstBlock);
        ChunkSummary.Builder builder = summary.finish(position)
                .addAllPagesExecuted(executedPages())
                .setAccessCount(accesses.count())
                .setRegisterWriteCount(registers.count());
        if (boundary == null) {
            builder.setPagesUnknown(true);
        } else {
            builder.addAllPagesWritten(SortedDeltas.encode(boundary.written()))
                    .addAllPagesRead(SortedDeltas.encode(boundary.read()));
            chunk.setEndDigest(boundary.digest());
        }
        ChunkSummary about = builder.build();
        addSections(chunk, about);
        number++;
        begin(
                position,
                boundary == null ? position + skipped : boundary.time(),
                boundary == null ? summary.context() : boundary.context());
        return new Encoded(chunk.build(), about);
    }

    @Override
    public void close() {
        compressor.close();
    }

    static dev.ringscope.proto.trace.v1.Context context(Context context) {
        return dev.ringscope.proto.trace.v1.Context.newBuilder()
                .setRing(context.ring())
                .setMode(EventNames.MODES.to(context.mode()))
                .setTranslationRoot(context.translationRoot())
                .build();
    }

    private void begin(long at, long time, Context context) {
        position = at;
        firstPosition = at;
        firstTime = time;
        skipped = time - at;
        eventPosition = at;
        startContext = context;
        firstBlock = blocks.group().size();
        flow.clear();
        accesses.clear();
        registers.start(at);
        events.clear();
        summary.start(at, context);
    }

    private void addSections(Chunk.Builder chunk, ChunkSummary about) {
        WireOutput blockColumns = BlockColumns.encode(blocks.group().from(firstBlock));
        try {
            if (blockColumns.size() > 0) {
                var section = BlockSection.newBuilder().setUncompressedSize(blockColumns.size());
                chunk.setBlocks(compressor.enabled()
                        ? section.setZstd(zstd(blockColumns))
                        : section.setPlain(Blocks.parseFrom(bytes(blockColumns))));
            }
            addFlow(chunk);
            if (events.size() > 0) {
                var section = EventSection.newBuilder().setUncompressedSize(events.size());
                chunk.setEvents(compressor.enabled()
                        ? section.setZstd(zstd(events))
                        : section.setPlain(Events.parseFrom(bytes(events))));
            }
            addColumns(chunk);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("columns that are no message", e);
        }
        byte[] summaryBytes = about.toByteArray();
        var section = SummarySection.newBuilder().setUncompressedSize(summaryBytes.length);
        chunk.setSummary(compressor.enabled()
                ? section.setZstd(compressor.compress(summaryBytes, 0, summaryBytes.length))
                : section.setPlain(about));
    }

    private void addFlow(Chunk.Builder chunk) throws InvalidProtocolBufferException {
        if (flow.count() == 0) {
            return;
        }
        WireOutput message = flow.encode();
        var section = FlowSection.newBuilder().setUncompressedSize(message.size());
        chunk.setFlow(
                compressor.enabled() ? section.setZstd(zstd(message)) : section.setPlain(Flow.parseFrom(bytes(message))));
    }

    private void addColumns(Chunk.Builder chunk) throws InvalidProtocolBufferException {
        if (accesses.count() > 0) {
            WireOutput message = accesses.encode(blocks.group(), flow, firstPosition);
            var section = AccessSection.newBuilder().setUncompressedSize(message.size());
            chunk.setAccesses(compressor.enabled()
                    ? section.setZstd(zstd(message))
                    : section.setPlain(Accesses.parseFrom(bytes(message))));
        }
        if (registers.count() > 0) {
            WireOutput message = registers.encode();
            var section = RegisterSection.newBuilder().setUncompressedSize(message.size());
            chunk.setRegisters(compressor.enabled()
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

    private Iterable<Long> executedPages() {
        BlockGroup group = blocks.group();
        BitSet used = new BitSet(group.size());
        int[] entries = flow.entries();
        for (int i = 0; i < flow.count(); i++) {
            if (entries[i] >= 0) {
                used.set(entries[i]);
            }
        }
        TreeSet<Long> pages = new TreeSet<>();
        used.stream().mapToObj(group::get).forEach(block -> {
            pages.add(block.physical() >>> 12);
            if (block.secondPage() >= 0) {
                pages.add(block.secondPage());
            }
        });
        return SortedDeltas.encode(pages.stream().mapToLong(Long::longValue).toArray());
    }
}
