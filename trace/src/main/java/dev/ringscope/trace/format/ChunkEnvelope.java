package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.Chunk;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.proto.trace.v1.StateDigest;
import dev.ringscope.trace.format.PacketInput.Packet;
import java.util.ArrayList;
import java.util.List;

/** A chunk's packet, its envelope checked, its sections still closed. */
public final class ChunkEnvelope {
    /** Most instructions in a chunk. */
    static final long MAX_INSTRUCTIONS = 1 << 24;

    private static final int SECTIONS = 16;
    /** Longest envelope message that is built with generated classes: a digest or a context. */
    private static final int MAX_SMALL = 1 << 16;

    private final Place place;
    private final WireInput[] sections = new WireInput[SECTIONS];
    private final List<Context> start = new ArrayList<>();
    private long number;
    private long firstPosition;
    private long instructions;
    private long firstTime;
    private int firstBlock;
    private int blockCount;
    private StateDigest digest;
    private boolean closing;

    public ChunkEnvelope(Packet packet) {
        WireInput in = packet.body();
        while (in.next()) {
            read(in);
        }
        place = in.place().in("chunk " + number);
        place.verify(firstPosition >= 0 && firstPosition + instructions >= 0, "a position below 2^63", firstPosition);
        place.verify(!start.isEmpty(), "one context per processor, found", start.size());
        place.verify(sections[Chunk.SUMMARY_FIELD_NUMBER] != null, "a summary, found none in chunk", number);
        boolean blocksFit = blockCount == 0 || sections[Chunk.BLOCKS_FIELD_NUMBER] != null;
        place.verify(blocksFit, "a block section, found none for a count of", blockCount);
    }

    private void read(WireInput in) {
        switch (in.field()) {
            case Chunk.NUMBER_FIELD_NUMBER -> number = in.varint();
            case Chunk.FIRST_POSITION_FIELD_NUMBER -> firstPosition = in.varint();
            case Chunk.INSTRUCTION_COUNT_FIELD_NUMBER ->
                instructions = in.varint(MAX_INSTRUCTIONS, "an instruction count");
            case Chunk.FIRST_TIME_FIELD_NUMBER -> firstTime = in.varint();
            case Chunk.START_FIELD_NUMBER -> start.add(context(in.message()));
            case Chunk.FIRST_BLOCK_FIELD_NUMBER -> firstBlock = (int) in.varint(Integer.MAX_VALUE, "a block number");
            case Chunk.BLOCK_COUNT_FIELD_NUMBER ->
                blockCount = (int) in.varint(BlockColumns.MAX_BLOCKS, "a count of blocks");
            case Chunk.CLOSING_FIELD_NUMBER -> closing = in.varint() != 0;
            case Chunk.END_DIGEST_FIELD_NUMBER -> digest = digest(in.message());
            case Chunk.BLOCKS_FIELD_NUMBER,
                    Chunk.FLOW_FIELD_NUMBER,
                    Chunk.EVENTS_FIELD_NUMBER,
                    Chunk.ACCESSES_FIELD_NUMBER,
                    Chunk.REGISTERS_FIELD_NUMBER,
                    Chunk.SUMMARY_FIELD_NUMBER -> sections[in.field()] = in.message();
            default -> in.skip();
        }
    }

    static Context context(WireInput in) {
        in.place().verify(in.remaining() <= MAX_SMALL, "a context of few bytes", in.remaining());
        try {
            var context =
                    dev.ringscope.proto.trace.v1.Context.parser().parseFrom(in.array(), in.position(), in.remaining());
            return new Context(
                    context.getRing(),
                    EventNames.MODES.from(in.place(), context.getMode(), "a mode"),
                    context.getTranslationRoot());
        } catch (InvalidProtocolBufferException e) {
            throw in.place().expected("a context, found: " + e.getMessage());
        }
    }

    private static StateDigest digest(WireInput in) {
        in.place().verify(in.remaining() <= MAX_SMALL, "a digest of few bytes", in.remaining());
        try {
            return StateDigest.parser().parseFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw in.place().expected("a digest, found: " + e.getMessage());
        }
    }

    Place place() {
        return place;
    }

    /** 0 for the first chunk of the file. */
    public long number() {
        return number;
    }

    /** Position of the first instruction. */
    public long firstPosition() {
        return firstPosition;
    }

    /** Instructions that retired in it. */
    public long instructions() {
        return instructions;
    }

    /** The position behind its last instruction. */
    public long endPosition() {
        return firstPosition + instructions;
    }

    /** Virtual time at the first position, in nanoseconds. */
    public long firstTime() {
        return firstTime;
    }

    /** Where the first processor stands at the first position. */
    public Context start() {
        return start.getFirst();
    }

    /** How many blocks earlier chunks of the group define; 0 for a group's first chunk. */
    public int firstBlock() {
        return firstBlock;
    }

    /** The state at its end, null where it was not taken. */
    public StateDigest digest() {
        return digest;
    }

    /** The recording was ended here, in the middle of what would have been a chunk. */
    public boolean closing() {
        return closing;
    }

    List<BlockDefinition> decodeBlocks() {
        return blockCount == 0
                ? List.of()
                : BlockColumns.decode(open(Chunk.BLOCKS_FIELD_NUMBER, "block section"), blockCount);
    }

    /** Opens the flow and checks it against the group's blocks up to this chunk's: see {@link FlowColumn#decode}. */
    int[] decodeFlow(BlockGroup group) {
        int defined = Math.min(firstBlock + blockCount, group.size());
        return FlowColumn.decode(open(Chunk.FLOW_FIELD_NUMBER, "flow section"), group, defined, instructions);
    }

    /** A walk over the events. */
    public EventDecoder events() {
        return new EventDecoder(open(Chunk.EVENTS_FIELD_NUMBER, "event section"), firstPosition, endPosition());
    }

    AccessCursor accesses(BlockGroup group, int[] flow) {
        return new AccessCursor(
                open(Chunk.ACCESSES_FIELD_NUMBER, "access section"), group, flow, firstPosition, endPosition());
    }

    RegisterCursor registers(int registers) {
        return new RegisterCursor(
                open(Chunk.REGISTERS_FIELD_NUMBER, "register section"), registers, firstPosition, endPosition());
    }

    /** What the index knows of it. */
    public ChunkSummary summary() {
        WireInput in = open(Chunk.SUMMARY_FIELD_NUMBER, "summary");
        return SummaryReader.read(in);
    }

    /** An empty message where the section is absent. */
    private WireInput open(int field, String what) {
        Place inner = place.in(what);
        WireInput section = sections[field];
        return section == null
                ? new WireInput(inner, new byte[0])
                : Section.open(new WireInput(inner, section.array(), section.position(), section.end()));
    }
}
