package dev.ringscope.trace.format;

import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.proto.trace.v1.RegisterWrites;
import java.util.Arrays;

/** The register writes of one chunk; each value is stored as the difference from the last one of the same part. */
final class RegisterColumns {
    private final int registers;
    private long[] value = new long[1 << 10];
    private long[] position = new long[1 << 10];
    private int[] part = new int[1 << 10];
    private int count;

    /** @param registers how many registers the header lists */
    RegisterColumns(int registers) {
        this.registers = registers;
    }

    int count() {
        return count;
    }

    void add(RegisterLog log) {
        int room = count + log.count;
        if (room > part.length) {
            int size = Math.max(room, 2 * part.length);
            value = Arrays.copyOf(value, size);
            position = Arrays.copyOf(position, size);
            part = Arrays.copyOf(part, size);
        }
        System.arraycopy(log.value, 0, value, count, log.count);
        System.arraycopy(log.part, 0, part, count, log.count);
        for (int i = 0; i < log.count; i++) {
            position[count + i] = log.base + log.instruction[i];
        }
        count = room;
    }

    long position(int index) {
        return position[index];
    }

    /** How many have a position below a limit; they are in order. */
    int below(long limit) {
        int n = count;
        while (n > 0 && position[n - 1] >= limit) {
            n--;
        }
        return n;
    }

    /** Forgets the first ones. */
    void drop(int first) {
        int left = count - first;
        System.arraycopy(value, first, value, 0, left);
        System.arraycopy(position, first, position, 0, left);
        System.arraycopy(part, first, part, 0, left);
        count = left;
    }

    /** The first ones. */
    WireOutput encode(int count, long firstPosition) {
        WireOutput positions = new WireOutput(count + 16);
        WireOutput parts = new WireOutput(count + 16);
        WireOutput values = new WireOutput(2 * count + 16);
        long[] last = new long[8 * registers];
        long before = firstPosition;
        for (int i = 0; i < count; i++) {
            positions.varint(position[i] - before);
            parts.varint(part[i]);
            values.zigzag(value[i] - last[part[i]]);
            before = position[i];
            last[part[i]] = value[i];
        }
        WireOutput message = new WireOutput(positions.size() + parts.size() + values.size() + 64);
        message.column(RegisterWrites.POSITION_DELTA_FIELD_NUMBER, positions);
        message.column(RegisterWrites.PART_FIELD_NUMBER, parts);
        message.column(RegisterWrites.VALUE_DELTA_FIELD_NUMBER, values);
        return message;
    }
}
