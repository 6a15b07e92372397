package dev.ringscope.trace;

import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.DecodedChunk;

/** Walks over the blocks that were executed in a chunk, in order. One thread. */
public final class BlockCursor {
    private final DecodedChunk chunk;
    private final int[] flow;
    private final ContextChanges changes;
    private int entry;
    private int number;
    private int instructions;
    private long position;
    private Context context;

    /** Stands in front of the first one. */
    public BlockCursor(DecodedChunk chunk) {
        this.chunk = chunk;
        flow = chunk.flow();
        changes = new ContextChanges(chunk.envelope().events(), chunk.envelope().start());
        position = chunk.envelope().firstPosition();
    }

    /** Goes to the next one; false at the end of the chunk. */
    public boolean next() {
        position += instructions;
        if (entry == flow.length) {
            instructions = 0;
            return false;
        }
        number = flow[entry++];
        if (entry < flow.length && flow[entry] < 0) {
            instructions = flow[entry++] & ~Recorder.PARTIAL;
        } else {
            instructions = block().instructions();
        }
        context = changes.at(position);
        return true;
    }

    /** Its number in the chunk's group. */
    public int number() {
        return number;
    }

    public BlockDefinition block() {
        return chunk.blocks().get(number);
    }

    /** How many of its instructions retired, from the first on; 0 is possible. */
    public int instructions() {
        return instructions;
    }

    /** Position of its first instruction. */
    public long position() {
        return position;
    }

    /** Ring, mode and address space of its first instruction, and so of the others. */
    public Context context() {
        return context;
    }
}
