package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.DecodedChunk;
import java.io.IOException;

/** Walks over the instructions that retired, in order. One thread. */
public final class InstructionCursor {
    private final TraceReader trace;
    private final ChunkWalker chunks;
    private int nextChunk;
    private DecodedChunk chunk;
    private int entry;
    private BlockDefinition block;
    private int index;
    private int end;
    private long position;

    private ContextChanges changes;
    private Context context;

    /** Stands in front of the instruction that retires at the position, or of the trace's end. */
    InstructionCursor(TraceReader trace, ChunkWalker chunks, long from) throws IOException {
        this.trace = trace;
        this.chunks = chunks;
        int number = trace.map().chunkAt(from);
        if (number < 0) {
            nextChunk = trace.chunkCount();
            position = trace.endPosition() - 1;
            return;
        }
        open(number);
        position = chunk.envelope().firstPosition() - 1;
        skipBlocks(from);
        while (position < from - 1) {
            next();
        }
    }

    /** Passes over whole blocks in front of a position. */
    private void skipBlocks(long from) {
        int[] flow = chunk.flow();
        while (entry < flow.length) {
            boolean cut = entry + 1 < flow.length && flow[entry + 1] < 0;
            int length = cut
                    ? flow[entry + 1] & ~Recorder.PARTIAL
                    : chunk.blocks().get(flow[entry]).instructions();
            if (position + length >= from) {
                return;
            }
            position += length;
            entry += cut ? 2 : 1;
        }
    }

    /**
     * Goes to the instruction of that position, or stays where it is if that is behind it already.
     *
     * @return false at the end of the trace
     */
    public boolean advance(long to) throws IOException {
        if (position >= to) {
            return block != null;
        }
        if (chunk != null && to >= chunk.envelope().endPosition()) {
            int number = trace.map().chunkAt(to);
            if (number < 0) {
                entry = chunk.flow().length;
                block = null;
                nextChunk = trace.chunkCount();
                position = trace.endPosition() - 1;
                return false;
            }
            open(number);
            position = chunk.envelope().firstPosition() - 1;
        }
        if (position < to - 1) {
            leaveBlock(to);
        }
        while (position < to) {
            if (!next()) {
                return false;
            }
        }
        return true;
    }

    /** To the block's end at most, and over whole blocks behind it. */
    private void leaveBlock(long to) {
        long left = block == null ? 0 : end - 1 - index;
        if (block != null && position + left < to) {
            position += left;
            index = end - 1;
            skipBlocks(to);
        } else if (block == null) {
            skipBlocks(to);
        }
    }

    /** Goes to the next instruction; false at the end of the trace. */
    public boolean next() throws IOException {
        while (block == null || index + 1 >= end) {
            if (!nextBlock()) {
                return false;
            }
        }
        index++;
        position++;
        context = changes.at(position);
        return true;
    }

    private boolean nextBlock() throws IOException {
        while (chunk == null || entry == chunk.flow().length) {
            if (nextChunk == trace.chunkCount()) {
                return false;
            }
            open(nextChunk);
        }
        int[] flow = chunk.flow();
        block = chunk.blocks().get(flow[entry++]);
        end = block.instructions();
        if (entry < flow.length && flow[entry] < 0) {
            end = flow[entry++] & ~Recorder.PARTIAL;
        }
        index = -1;
        return true;
    }

    private void open(int number) throws IOException {
        chunk = chunks.decode(number);
        nextChunk = number + 1;
        entry = 0;
        block = null;
        changes = new ContextChanges(chunk.envelope().events(), chunk.envelope().start());
    }

    /** Instructions that retired before this one. */
    public long position() {
        return position;
    }

    /** Linear address. */
    public long address() {
        return block.address(index);
    }

    /** The block that it belongs to. */
    public BlockDefinition block() {
        return block;
    }

    /** Its place in the block, from 0. */
    public int index() {
        return index;
    }

    public byte[] code() {
        return block.code(index);
    }

    /** The ring it ran in. */
    public int ring() {
        return context.ring();
    }

    /** The mode it ran in. */
    public Event.Mode mode() {
        return context.mode();
    }

    /** In which ring, mode and address space the instruction at a position runs; null at the end of the trace. */
    public Context contextAt(long to) throws IOException {
        return advance(to) ? context : null;
    }

    /** The translation root that it ran under: CR3. */
    public long translationRoot() {
        return context.translationRoot();
    }
}
