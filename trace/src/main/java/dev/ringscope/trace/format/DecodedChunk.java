package dev.ringscope.trace.format;

import dev.ringscope.emulator.Recorder;

/** A chunk with its flow open and the blocks of its group at hand. Its columns are opened as they are asked for. */
public final class DecodedChunk {
    private final ChunkEnvelope envelope;
    private final BlockGroup group;
    private final int[] flow;

    /** @param group the blocks of the group's chunks up to and with this one */
    public DecodedChunk(ChunkEnvelope envelope, BlockGroup group) {
        this.envelope = envelope;
        this.group = group;
        flow = envelope.decodeFlow(group);
    }

    public ChunkEnvelope envelope() {
        return envelope;
    }

    /** The blocks that the flow's numbers mean. */
    public BlockGroup blocks() {
        return group;
    }

    /** As {@link Recorder#flow} describes it; not to be changed. */
    public int[] flow() {
        return flow;
    }

    /** The data accesses; none if the trace's detail has none. */
    public AccessCursor accesses() {
        return envelope.accesses(group, flow);
    }

    /**
     * The register writes; none if the trace's detail has none.
     *
     * @param registers how many registers the header lists
     */
    public RegisterCursor registers(int registers) {
        return envelope.registers(registers);
    }
}
