package dev.ringscope.emulator.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A guest's file, read little-endian at offsets that are checked.
 *
 * @param name as the user named it, for messages
 */
public record Image(String name, byte[] bytes) {
    /** More than the largest memory a machine can have. */
    private static final long LIMIT = 1L << 31;

    /**
     * @throws BadImage if the file is larger than any memory
     * @throws IOException if it cannot be read
     */
    public static Image read(Path file) throws IOException {
        long size = Files.size(file);
        if (size >= LIMIT) {
            throw new BadImage(file.toString(), "%d bytes, expected less than %d".formatted(size, LIMIT));
        }
        return new Image(file.toString(), Files.readAllBytes(file));
    }

    int size() {
        return bytes.length;
    }

    int u8(long offset) {
        return buffer(offset, 1).get(0) & 0xff;
    }

    int u16(long offset) {
        return buffer(offset, 2).getShort(0) & 0xffff;
    }

    long u32(long offset) {
        return buffer(offset, 4).getInt(0) & 0xffff_ffffL;
    }

    long u64(long offset) {
        return buffer(offset, 8).getLong(0);
    }

    private ByteBuffer buffer(long offset, int size) {
        need(offset, size, "a field of %d bytes".formatted(size));
        return ByteBuffer.wrap(bytes, (int) offset, size).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws BadImage unless the file has {@code count} bytes from {@code offset} on */
    void need(long offset, long count, String what) {
        if (offset < 0 || count < 0 || offset > bytes.length || count > bytes.length - offset) {
            throw bad(offset, "expected %s, the file has 0x%x bytes".formatted(what, bytes.length));
        }
    }

    /** @throws BadImage unless the condition holds */
    void expect(boolean condition, long offset, String problem, Object... arguments) {
        if (!condition) {
            throw bad(offset, problem.formatted(arguments));
        }
    }

    BadImage bad(long offset, String problem) {
        return new BadImage(name, offset, problem);
    }
}
