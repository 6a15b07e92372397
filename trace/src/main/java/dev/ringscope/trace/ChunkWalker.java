package dev.ringscope.trace;

import dev.ringscope.trace.format.BlockGroup;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.DecodedChunk;
import java.io.IOException;

/**
 * Decodes chunks. Going through a group in either direction costs each chunk once; a jump into another reads the block
 * definitions of the chunks before it in that group, at most a checkpoint's distance. One thread.
 */
public final class ChunkWalker {
    private final TraceReader trace;
    private BlockGroup group = new BlockGroup();
    /** The group holds the blocks of the chunks first..last: more than an earlier chunk of them may name. */
    private int first;

    private int last = -1;

    ChunkWalker(TraceReader trace) {
        this.trace = trace;
    }

    /** @param chunk its number, from 0 */
    public DecodedChunk decode(int chunk) throws IOException {
        int start = chunk;
        while (start > 0 && trace.map().chunks().get(start).firstBlock() != 0) {
            start--;
        }
        ChunkEnvelope envelope = trace.envelope(chunk);
        if (start != first || last < first) {
            group = new BlockGroup();
            first = start;
            last = start - 1;
        }
        while (last < chunk - 1) {
            group.add(trace.envelope(last + 1));
            last++;
        }
        if (last < chunk) {
            group.add(envelope);
            last = chunk;
        }
        return new DecodedChunk(envelope, group);
    }
}
