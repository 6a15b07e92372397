package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.proto.trace.v1.Accesses;
import java.util.Arrays;

/** The data accesses of one chunk: gathered as they come, encoded when the chunk's flow is known. */
final class AccessColumns {
    /** Bit of the kind column: the value is as predicted. */
    static final int PREDICTED = 0x20;

    static final int SIZE_MASK = 0xf;

    private long[] address = new long[1 << 16];
    private long[] value = new long[1 << 16];
    private long[] position = new long[1 << 16];
    private byte[] kind = new byte[1 << 16];
    private int count;

    int count() {
        return count;
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
        System.arraycopy(address, first, address, 0, left);
        System.arraycopy(value, first, value, 0, left);
        System.arraycopy(position, first, position, 0, left);
        System.arraycopy(kind, first, kind, 0, left);
        count = left;
    }

    /** Adds accesses whose instruction column counts from a base position. */
    void add(AccessLog log) {
        int room = count + log.count;
        if (room > kind.length) {
            int size = Math.max(room, 2 * kind.length);
            address = Arrays.copyOf(address, size);
            value = Arrays.copyOf(value, size);
            position = Arrays.copyOf(position, size);
            kind = Arrays.copyOf(kind, size);
        }
        System.arraycopy(log.address, 0, address, count, log.count);
        System.arraycopy(log.value, 0, value, count, log.count);
        System.arraycopy(log.kind, 0, kind, count, log.count);
        for (int i = 0; i < log.count; i++) {
            position[count + i] = log.base + log.instruction[i];
        }
        count = room;
    }

    /**
     * The first ones.
     *
     * @param entries how many entries of the flow belong to the chunk
     */
    WireOutput encode(int count, BlockGroup group, FlowColumn flow, int entries, long firstPosition) {
        AccessPredictor predictor = new AccessPredictor(group.slotCount());
        SlotCursor slots = new SlotCursor(group, flow.entries(), entries, firstPosition);
        WireOutput positions = new WireOutput(count + 16);
        WireOutput errors = new WireOutput(2 * count + 16);
        WireOutput[] values = {
            new WireOutput(64), new WireOutput(64), new WireOutput(count + 64), new WireOutput(2 * count + 64)
        };
        long before = firstPosition;
        for (int i = 0; i < count; i++) {
            long p = position[i];
            long a = address[i];
            int size = kind[i] & SIZE_MASK;
            int direction = (kind[i] & AccessLog.WRITE) != 0 ? 1 : 0;
            int slot = slots.slot(p);
            positions.varint(p - before);
            before = p;
            errors.zigzag(a - predictor.address(slot, direction, p));
            predictor.seeAddress(slot, direction, p, a, size);
            int entry = AccessPredictor.entry(a);
            long v = value[i];
            if (predictor.knows(entry, a, size) && predictor.value(entry) == v) {
                kind[i] |= PREDICTED;
            } else {
                put(values, size, v);
                predictor.seeValue(entry, a, size, v);
            }
        }
        WireOutput kinds = new WireOutput(count);
        kinds.bytes(kind, 0, count);
        return message(positions, kinds, errors, values);
    }

    private static void put(WireOutput[] values, int size, long value) {
        switch (size) {
            case 1 -> values[0].put((int) value);
            case 2 -> values[1].fixed16((int) value);
            case 4 -> values[2].fixed32((int) value);
            case 8 -> values[3].fixed64(value);
            default -> throw new IllegalArgumentException("an access of %d bytes".formatted(size));
        }
    }

    private static WireOutput message(WireOutput positions, WireOutput kinds, WireOutput errors, WireOutput[] values) {
        int size = positions.size() + kinds.size() + errors.size() + 128;
        for (WireOutput column : values) {
            size += column.size();
        }
        WireOutput message = new WireOutput(size);
        message.column(Accesses.POSITION_DELTA_FIELD_NUMBER, positions);
        message.column(Accesses.KIND_FIELD_NUMBER, kinds);
        message.column(Accesses.ADDRESS_ERROR_FIELD_NUMBER, errors);
        message.column(Accesses.VALUES1_FIELD_NUMBER, values[0]);
        message.column(Accesses.VALUES2_FIELD_NUMBER, values[1]);
        message.column(Accesses.VALUES4_FIELD_NUMBER, values[2]);
        message.column(Accesses.VALUES8_FIELD_NUMBER, values[3]);
        return message;
    }
}
