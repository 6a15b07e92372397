package dev.ringscope.trace.query;

import dev.ringscope.trace.BlockCursor;
import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.BlockDefinition;
import java.io.IOException;
import java.util.Arrays;

/**
 * The instructions that a file says were executed, from a position on, as parts of blocks. To be compared with those of
 * another file, in which the same instructions may be cut into other blocks and chunks.
 */
final class StoredFlow {
    private final TraceReader trace;
    private final ChunkWalker walker;
    private final Asker asker;
    private int chunk;
    private BlockCursor blocks;
    private BlockDefinition block;
    /** Of the present block: the next instruction's place, how many are left, and the bytes in front of it. */
    private int at;

    private int left;
    private int bytes;
    private long position;

    StoredFlow(TraceReader trace, long position, Asker asker) throws IOException {
        this.trace = trace;
        this.asker = asker;
        walker = trace.chunks();
        chunk = trace.map().firstChunkReaching(position);
        while (more() && this.position + left <= position) {
            skip(left);
        }
        if (left > 0) {
            skip((int) (position - this.position));
        }
    }

    /** Whether there is a next instruction. */
    boolean more() throws IOException {
        while (left == 0) {
            if (blocks == null || !blocks.next()) {
                if (chunk == trace.chunkCount()) {
                    return false;
                }
                asker.check();
                blocks = new BlockCursor(walker.decode(chunk++));
            } else {
                block = blocks.block();
                at = 0;
                bytes = 0;
                left = blocks.instructions();
                position = blocks.position();
            }
        }
        return true;
    }

    /** Position of the next instruction. */
    long position() {
        return position;
    }

    /** How many of the next instructions lie in one block. */
    int left() {
        return left;
    }

    void skip(int instructions) {
        bytes += bytes(instructions);
        at += instructions;
        left -= instructions;
        position += instructions;
    }

    private int bytes(int instructions) {
        int sum = 0;
        for (int i = at; i < at + instructions; i++) {
            sum += block.lengths()[i];
        }
        return sum;
    }

    /**
     * How many of the next instructions are the same as another's next ones: address, code, ring and mode.
     *
     * @param count at most so many; both have them in one block
     */
    int same(StoredFlow other, int count) {
        boolean samePlace = block.linear() + bytes == other.block.linear() + other.bytes
                && block.kind() == other.block.kind()
                && blocks.context().ring() == other.blocks.context().ring()
                && blocks.context().mode() == other.blocks.context().mode();
        if (!samePlace) {
            return 0;
        }
        int different =
                Arrays.mismatch(block.lengths(), at, at + count, other.block.lengths(), other.at, other.at + count);
        int same = different < 0 ? count : different;
        int length = bytes(same);
        int byteAt = Arrays.mismatch(
                block.code(), bytes, bytes + length, other.block.code(), other.bytes, other.bytes + length);
        if (byteAt < 0) {
            return same;
        }
        int whole = 0;
        while (bytes(whole + 1) <= byteAt) {
            whole++;
        }
        return whole;
    }
}
