package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.ringscope.proto.trace.v1.AccessSection;
import dev.ringscope.proto.trace.v1.Accesses;
import java.io.Closeable;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes the section of a chunk's accesses. One thread at a time, which may be another one than that which gathers the
 * chunk: they share nothing but what {@link #slots} hands out.
 */
final class AccessEncoder implements Closeable {
    private final Compressor compressor;
    private final AccessColumns columns = new AccessColumns();
    /** Kept, since each is large. */
    private final Queue<SlotMap> spare = new ConcurrentLinkedQueue<>();

    AccessEncoder(boolean zstd) {
        compressor = new Compressor(zstd);
    }

    /** To be prepared for a chunk; on any thread. */
    SlotMap slots() {
        SlotMap slots = spare.poll();
        return slots == null ? new SlotMap() : slots;
    }

    AccessSection.Builder encode(ChunkAccesses chunk) {
        WireOutput message = columns.encode(chunk);
        spare.add(chunk.slots());
        var section = AccessSection.newBuilder().setUncompressedSize(message.size());
        if (compressor.enabled()) {
            return section.setZstd(compressor.compress(message.array(), 0, message.size()));
        }
        try {
            return section.setPlain(
                    Accesses.parseFrom(UnsafeByteOperations.unsafeWrap(message.array(), 0, message.size())));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("columns that are no message", e);
        }
    }

    @Override
    public void close() {
        compressor.close();
    }
}
