package dev.ringscope.trace.query;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.trace.query.Accesses.Access;
import java.io.IOException;
import java.util.Arrays;

/** Data accesses in order, as columns: a row for each. Whoever looks at few of them makes no object for the others. */
public final class AccessBatch implements Bulk {
    private static final int LEAST = 16;
    /** A batch that grows access by access is handed on with so many. */
    static final int MOST = 1 << 12;

    private static final int ROW_BYTES = 3 * Long.BYTES + 1;
    private static final int SIZE = 0xf;

    private long[] positions;
    private long[] addresses;
    private long[] values;
    private byte[] kinds;
    private int count;

    private AccessBatch(int rows) {
        positions = new long[rows];
        addresses = new long[rows];
        values = new long[rows];
        kinds = new byte[rows];
    }

    /** An empty one, to be filled row by row. */
    AccessBatch() {
        this(LEAST);
    }

    /** Neighbouring rows of a log. */
    static AccessBatch of(AccessLog log, int from, int to) {
        AccessBatch batch = new AccessBatch(to - from);
        batch.count = to - from;
        System.arraycopy(log.address, from, batch.addresses, 0, batch.count);
        System.arraycopy(log.value, from, batch.values, 0, batch.count);
        System.arraycopy(log.kind, from, batch.kinds, 0, batch.count);
        for (int i = 0; i < batch.count; i++) {
            batch.positions[i] = log.base + log.instruction[from + i];
        }
        return batch;
    }

    /** The first so many of some rows of a log. */
    static AccessBatch of(AccessLog log, int[] rows, int count) {
        AccessBatch batch = new AccessBatch(count);
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            batch.add(log.base + log.instruction[row], log.address[row], log.kind[row], log.value[row]);
        }
        return batch;
    }

    /** @param kind as {@link AccessLog#kind} has it */
    private void add(long position, long address, byte kind, long value) {
        if (count == kinds.length) {
            positions = Arrays.copyOf(positions, 2 * count);
            addresses = Arrays.copyOf(addresses, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
            kinds = Arrays.copyOf(kinds, 2 * count);
        }
        positions[count] = position;
        addresses[count] = address;
        kinds[count] = kind;
        values[count++] = value;
    }

    void add(long position, long address, int size, boolean write, long value) {
        add(position, address, (byte) (write ? size | AccessLog.WRITE : size), value);
    }

    /** How many rows there are, 1 or more. They count from 0. */
    public int count() {
        return count;
    }

    /** Of the instruction that was being executed. */
    public long position(int row) {
        return positions[row];
    }

    /** Linear, of the first byte. */
    public long address(int row) {
        return addresses[row];
    }

    /** Bytes: 1, 2, 4 or 8. */
    public int size(int row) {
        return kinds[row] & SIZE;
    }

    public boolean write(int row) {
        return (kinds[row] & AccessLog.WRITE) != 0;
    }

    /** As read or written, zero-extended. */
    public long value(int row) {
        return values[row];
    }

    /** Gives them one by one. @return whether more are wanted */
    boolean give(Answers<Access> answers) throws IOException {
        for (int i = 0; i < count; i++) {
            if (!answers.take(new Access(positions[i], addresses[i], size(i), write(i), values[i]))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long bytes() {
        return (long) kinds.length * ROW_BYTES;
    }
}
