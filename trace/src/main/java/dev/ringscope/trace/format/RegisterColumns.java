package dev.ringscope.trace.format;

import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.proto.trace.v1.RegisterWrites;

/** The register writes of one chunk, encoded as they come: each value as the difference from the last one of the same part. */
final class RegisterColumns {
    private final WireOutput positions = new WireOutput(1 << 16);
    private final WireOutput parts = new WireOutput(1 << 16);
    private final WireOutput values = new WireOutput(1 << 16);
    private final long[] last;
    private long before;
    private int count;

    /** @param registers how many registers the header lists */
    RegisterColumns(int registers) {
        last = new long[8 * registers];
    }

    int count() {
        return count;
    }

    void start(long firstPosition) {
        positions.clear();
        parts.clear();
        values.clear();
        java.util.Arrays.fill(last, 0);
        before = firstPosition;
        count = 0;
    }

    void add(RegisterLog log) {
        for (int i = 0; i < log.count; i++) {
            long position = log.base + log.instruction[i];
            int part = log.part[i];
            positions.varint(position - before);
            parts.varint(part);
            values.zigzag(log.value[i] - last[part]);
            before = position;
            last[part] = log.value[i];
        }
        count += log.count;
    }

    WireOutput encode() {
        WireOutput message = new WireOutput(positions.size() + parts.size() + values.size() + 64);
        message.column(RegisterWrites.POSITION_DELTA_FIELD_NUMBER, positions);
        message.column(RegisterWrites.PART_FIELD_NUMBER, parts);
        message.column(RegisterWrites.VALUE_DELTA_FIELD_NUMBER, values);
        return message;
    }
}
