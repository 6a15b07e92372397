package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.proto.trace.v1.Accesses;
import java.util.Arrays;

/** The data accesses of one chunk: gathered as they come, encoded when the chunk's flow is known. */
final class AccessColumns {
    /** Bit of the kind column: the value is as predicted. */
    static final int PREDICTED = 0x20;

    static final int SIZE_MASK = 0xf;
    /** So many accesses are encoded column by column. */
    private static final int STRETCH = 1 << 10;

    private long[] address = new long[1 << 16];
    private long[] value = new long[1 << 16];
    private long[] position = new long[1 << 16];
    private byte[] kind = new byte[1 << 16];
    private int count;

    /** The columns in the making, and what they are put together to: kept, since a chunk's are megabytes. */
    private final WireOutput positions = new WireOutput(64);

    private final WireOutput errors = new WireOutput(64);
    private final WireOutput[] values = {new WireOutput(64), new WireOutput(64), new WireOutput(64), new WireOutput(64)
    };
    private final WireOutput message = new WireOutput(64);

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
     * @return the message; valid until the next call
     */
    WireOutput encode(int count, BlockGroup group, FlowColumn flow, int entries, long firstPosition) {
        AccessPredictor predictor = new AccessPredictor(group.slotCount());
        SlotCursor slots = new SlotCursor(group, flow.entries(), entries, firstPosition);
        positions.clear();
        errors.clear();
        for (WireOutput column : values) {
            column.clear();
        }
        long before = firstPosition;
        for (int from = 0; from < count; from += STRETCH) {
            int end = Math.min(count, from + STRETCH);
            encodePlaces(from, end, before, predictor, slots);
            encodeValues(from, end, predictor);
            before = position[end - 1];
        }
        return message(count);
    }

    private void encodePlaces(int from, int end, long start, AccessPredictor predictor, SlotCursor slots) {
        byte[] deltas = positions.room(WireOutput.LONGEST * (end - from));
        byte[] misses = errors.room(WireOutput.LONGEST * (end - from));
        int deltaCount = positions.size();
        int missCount = errors.size();
        long before = start;
        for (int i = from; i < end; i++) {
            long p = position[i];
            long a = address[i];
            int direction = (kind[i] & AccessLog.WRITE) != 0 ? 1 : 0;
            int slot = slots.slot(p);
            deltaCount = WireOutput.varint(deltas, deltaCount, p - before);
            before = p;
            long error = a - predictor.address(slot, direction, p);
            missCount = WireOutput.varint(misses, missCount, error << 1 ^ error >> 63);
            predictor.seeAddress(slot, direction, p, a, kind[i] & SIZE_MASK);
        }
        positions.filled(deltaCount);
        errors.filled(missCount);
    }

    private void encodeValues(int from, int end, AccessPredictor predictor) {
        for (int i = from; i < end; i++) {
            long a = address[i];
            int size = kind[i] & SIZE_MASK;
            int entry = AccessPredictor.entry(a);
            long v = value[i];
            if (predictor.knows(entry, a, size) && predictor.value(entry) == v) {
                kind[i] |= PREDICTED;
            } else {
                put(size, v);
                predictor.seeValue(entry, a, size, v);
            }
        }
    }

    private void put(int size, long value) {
        switch (size) {
            case 1 -> values[0].put((int) value);
            case 2 -> values[1].fixed16((int) value);
            case 4 -> values[2].fixed32((int) value);
            case 8 -> values[3].fixed64(value);
            default -> throw new IllegalArgumentException("an access of %d bytes".formatted(size));
        }
    }

    private WireOutput message(int count) {
        message.clear();
        message.column(Accesses.POSITION_DELTA_FIELD_NUMBER, positions);
        message.column(Accesses.KIND_FIELD_NUMBER, kind, count);
        message.column(Accesses.ADDRESS_ERROR_FIELD_NUMBER, errors);
        message.column(Accesses.VALUES1_FIELD_NUMBER, values[0]);
        message.column(Accesses.VALUES2_FIELD_NUMBER, values[1]);
        message.column(Accesses.VALUES4_FIELD_NUMBER, values[2]);
        message.column(Accesses.VALUES8_FIELD_NUMBER, values[3]);
        return message;
    }
}
