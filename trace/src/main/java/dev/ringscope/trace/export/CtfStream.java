package dev.ringscope.trace.export;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The packets of a stream: events one after another, each field at the next byte, little-endian. A packet ends behind
 * the event that makes it long enough.
 */
final class CtfStream implements Closeable {
    static final int MAGIC = 0xc1fc1fc1;
    private static final int HEADER = 8 + 32;
    private static final int LENGTH = 1 << 16;

    private final OutputStream out;
    private final ByteArrayOutputStream packet = new ByteArrayOutputStream();
    private long begin;
    private long end;

    CtfStream(OutputStream out) {
        this.out = out;
    }

    /** @param time nanoseconds, which do not descend */
    CtfStream begin(int event, long time) throws IOException {
        if (packet.size() >= LENGTH) {
            flush();
        }
        if (packet.size() == 0) {
            begin = time;
        }
        end = time;
        return number(event, Short.BYTES).number(time, Long.BYTES);
    }

    CtfStream number(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            packet.write((int) (value >>> Byte.SIZE * i));
        }
        return this;
    }

    CtfStream u1(long value) {
        return number(value, 1);
    }

    CtfStream u2(long value) {
        return number(value, Short.BYTES);
    }

    CtfStream u8(long value) {
        return number(value, Long.BYTES);
    }

    /** Up to a zero byte: none is in it. */
    CtfStream text(String value) {
        packet.writeBytes(value.replace('\0', ' ').getBytes(StandardCharsets.UTF_8));
        packet.write(0);
        return this;
    }

    CtfStream bytes(byte[] value) {
        number(value.length, Integer.BYTES);
        packet.writeBytes(value);
        return this;
    }

    private void flush() throws IOException {
        long bits = (HEADER + packet.size()) * (long) Byte.SIZE;
        out.write(ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putInt(0)
                .putLong(begin)
                .putLong(end)
                .putLong(bits)
                .putLong(bits)
                .array());
        packet.writeTo(out);
        packet.reset();
    }

    @Override
    public void close() throws IOException {
        try (out) {
            flush();
        }
    }
}
