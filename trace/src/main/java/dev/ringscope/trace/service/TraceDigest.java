package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Tells a recording from others, and from itself before its file changed: a hash over its header, its totals, its size
 * and the state in which it ended. Not over the whole file, which may be large.
 *
 * @param bytes 16 of them
 */
record TraceDigest(ByteString bytes) {
    static final int SIZE = 16;

    static TraceDigest of(TraceReader trace) throws IOException {
        MessageDigest hash = sha256();
        hash.update(trace.header().toByteArray());
        hash.update(trace.index().toByteArray());
        hash.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(trace.size())
                .putLong(trace.endPosition())
                .array());
        int last = trace.chunkCount() - 1;
        if (last >= 0 && trace.envelope(last).digest() != null) {
            hash.update(trace.envelope(last).digest().toByteArray());
        }
        return new TraceDigest(ByteString.copyFrom(Arrays.copyOf(hash.digest(), SIZE)));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
