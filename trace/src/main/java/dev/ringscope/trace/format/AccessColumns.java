package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.proto.trace.v1.Accesses;
import java.util.Arrays;

/**
 * Encodes the data accesses of a chunk, as it were a function of {@link ChunkAccesses} alone. Nothing tells whether the
 * next value will be as predicted, nor an access's size: so there is no branch on either; what does not count is
 * written all the same, and overwritten.
 */
final class AccessColumns {
    /** Bit of the kind column: the value is as predicted. */
    static final int PREDICTED = 0x20;

    static final int SIZE_MASK = 0xf;
    /** So many accesses are encoded column by column. */
    private static final int STRETCH = 1 << 9;

    /** Values of a stretch that are to be stored: room for as many of each size. */
    private static final int ROOM = 8 * STRETCH;

    private final AccessPredictor predictor = new AccessPredictor();
    /** Of the chunk being encoded. */
    private SlotMap slots;

    private final byte[] stretch = new byte[4 * ROOM];
    /** Of the last load and the last store in front of the log being encoded: position in the chunk, address behind. */
    private final int[] lastPosition = new int[2];

    private final long[] behind = new long[2];

    /** The columns in the making, and what they are put together to: kept, since a chunk's are megabytes. */
    private final WireOutput positions = new WireOutput(64);

    private final WireOutput kinds = new WireOutput(64);
    private final WireOutput errors = new WireOutput(64);
    private final WireOutput[] values = {new WireOutput(64), new WireOutput(64), new WireOutput(64), new WireOutput(64)
    };
    private final WireOutput message = new WireOutput(64);

    /** @return the message; valid until the next call */
    WireOutput encode(ChunkAccesses chunk) {
        predictor.clear(chunk.slotCount());
        slots = chunk.slots();
        lastPosition[0] = -1;
        lastPosition[1] = -1;
        positions.clear();
        kinds.clear();
        errors.clear();
        for (WireOutput column : values) {
            column.clear();
        }
        int before = 0;
        for (AccessLog log : chunk.logs()) {
            before = encode(log, Math.toIntExact(log.base - chunk.firstPosition()), before);
        }
        slots = null;
        return message();
    }

    /**
     * One log.
     *
     * @param base position in the chunk that the log counts from
     * @param before position in the chunk of the access in front
     * @return that of the last one
     */
    private int encode(AccessLog log, int base, int before) {
        int end = log.count;
        int last = before;
        for (int from = 0; from < end; from += STRETCH) {
            int to = Math.min(end, from + STRETCH);
            encodePositions(log, from, to, last - base);
            encodeAddresses(log, from, to, base);
            encodeValues(log, from, to);
            last = base + log.instruction[to - 1];
        }
        kinds.bytes(log.kind, 0, end);
        for (int direction = 0; direction < 2; direction++) {
            int i = previous(log, end, log.instruction[end - 1], AccessLog.WRITE * direction);
            if (i >= 0) {
                lastPosition[direction] = last;
                behind[direction] = log.address[i] + (log.kind[i] & SIZE_MASK);
            }
        }
        return last;
    }

    private void encodePositions(AccessLog log, int from, int end, int start) {
        byte[] deltas = positions.room(WireOutput.LONGEST * (end - from));
        int size = positions.size();
        int before = start;
        for (int i = from; i < end; i++) {
            int position = log.instruction[i];
            size = WireOutput.varint(deltas, size, position - before);
            before = position;
        }
        positions.filled(size);
    }

    private void encodeAddresses(AccessLog log, int from, int end, int base) {
        byte[] misses = errors.room(WireOutput.LONGEST * (end - from));
        int size = errors.size();
        for (int i = from; i < end; i++) {
            int position = log.instruction[i];
            long address = log.address[i];
            long error;
            if (i > 0 && log.instruction[i - 1] != position) {
                error = predictor.error(slots.slot(base + position), log.kind[i] & AccessLog.WRITE, address);
            } else {
                int run = run(log, i, end);
                if (run > 0) {
                    Arrays.fill(misses, size, size + run, (byte) 0);
                    size += run;
                    i += run - 1;
                    continue;
                }
                error = address - follower(log, i, base);
            }
            if (error == 0) {
                misses[size++] = 0;
            } else {
                size = WireOutput.anyVarint(misses, size, error << 1 ^ error >> 63);
            }
        }
        errors.filled(size);
    }

    /**
     * How many accesses from one on go on where others of their instruction ended, as those of string instructions do:
     * one kind, or loads and stores in turn.
     */
    private static int run(AccessLog log, int index, int end) {
        int position = log.instruction[index];
        int apart = index - 2 >= 0
                        && log.instruction[index - 2] == position
                        && ((log.kind[index] ^ log.kind[index - 1]) & AccessLog.WRITE) != 0
                ? 2
                : 1;
        if (index - apart < 0 || log.instruction[index - apart] != position) {
            return 0;
        }
        int i = index;
        while (i < end
                && log.instruction[i] == position
                && ((log.kind[i] ^ log.kind[i - apart]) & (AccessLog.WRITE | SIZE_MASK)) == 0
                && log.address[i] == log.address[i - apart] + (log.kind[i] & SIZE_MASK)) {
            i++;
        }
        return i - index;
    }

    /** Where an access is expected that can follow another one of its instruction's. */
    private long follower(AccessLog log, int index, int base) {
        int direction = log.kind[index] & AccessLog.WRITE;
        int position = log.instruction[index];
        int i = previous(log, index, position, direction);
        if (i >= 0) {
            return log.address[i] + (log.kind[i] & SIZE_MASK);
        }
        int d = direction / AccessLog.WRITE;
        if (lastPosition[d] == base + position && log.instruction[0] == position) {
            return behind[d];
        }
        long address = log.address[index];
        return address - predictor.error(slots.slot(base + position), direction, address);
    }

    /** The last access of a direction in front of a place in a log, if its instruction is the same; else -1. */
    private static int previous(AccessLog log, int end, int position, int direction) {
        int i = end - 1;
        while (i >= 0 && log.instruction[i] == position) {
            if ((log.kind[i] & AccessLog.WRITE) == direction) {
                return i;
            }
            i--;
        }
        return -1;
    }

    private void encodeValues(AccessLog log, int from, int end) {
        long filled = 0; // bytes of each size, 16 bits each
        for (int i = from; i < end; i++) {
            int size = log.kind[i] & SIZE_MASK;
            long value = log.value[i];
            int miss = predictor.miss(log.address[i], size, value);
            log.kind[i] |= (byte) (PREDICTED - PREDICTED * miss);
            int column = Integer.numberOfTrailingZeros(size);
            Bytes.LONG.set(stretch, ROOM * column + (int) (filled >>> 16 * column & 0xffff), value);
            filled += (long) (size * miss) << 16 * column;
        }
        for (int column = 0; column < values.length; column++) {
            values[column].bytes(stretch, ROOM * column, (int) (filled >>> 16 * column & 0xffff));
        }
    }

    private WireOutput message() {
        message.clear();
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
