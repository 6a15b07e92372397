package dev.ringscope.emulator;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.Arrays;

/** Grows a byte string of little-endian fields: the state of one device or processor in a checkpoint. */
public final class StateOutput {
    private byte[] bytes = new byte[256];
    private int count;

    public StateOutput put(long value) {
        if (count + 8 > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        PhysicalMemory.LONG.set(bytes, count, value);
        count += 8;
        return this;
    }

    public StateOutput put(boolean value) {
        return put(value ? 1 : 0);
    }

    public StateOutput put(long[] values) {
        put(values.length);
        for (long value : values) {
            put(value);
        }
        return this;
    }

    public StateOutput put(byte[] values) {
        put(values.length);
        while (count + values.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(values, 0, bytes, count, values.length);
        count += values.length;
        return this;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, count);
    }
}
