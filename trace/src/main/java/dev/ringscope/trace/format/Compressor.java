package dev.ringscope.trace.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.Closeable;
import java.util.Arrays;

/** Zstandard at level 1, or nothing. One thread at a time. The same bytes always come out the same. */
final class Compressor implements Closeable {
    private static final int LEVEL = 1;

    private final ZstdCompressCtx context;
    /** Used again and again: a chunk's columns take megabytes. */
    private byte[] out = {};

    /** @param zstd false: {@link #enabled} says so, and the caller stores plainly */
    Compressor(boolean zstd) {
        context =
                zstd ? new ZstdCompressCtx().setLevel(LEVEL).setChecksum(false).setContentSize(true) : null;
    }

    boolean enabled() {
        return context != null;
    }

    ByteString compress(byte[] bytes, int at, int count) {
        int bound = Math.toIntExact(Zstd.compressBound(count));
        if (bound > out.length) {
            out = new byte[bound];
        }
        int size = context.compressByteArray(out, 0, out.length, bytes, at, count);
        return UnsafeByteOperations.unsafeWrap(Arrays.copyOf(out, size));
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }
}
