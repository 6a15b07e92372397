package dev.ringscope.emulator.memory;

import static dev.ringscope.emulator.memory.PhysicalMemory.INT;
import static dev.ringscope.emulator.memory.PhysicalMemory.LONG;
import static dev.ringscope.emulator.memory.PhysicalMemory.SHORT;

/**
 * Numbers of 1 to 8 bytes in a byte array, lowest byte first. The sizes of instructions' operands (1, 2, 4, 8) take one
 * access.
 */
public final class LittleEndian {
    private LittleEndian() {}

    /** Zero-extended. */
    public static long get(byte[] bytes, int index, int size) {
        switch (size) {
            case 1:
                return bytes[index] & 0xff;
            case 2:
                return (short) SHORT.get(bytes, index) & 0xffff;
            case 4:
                return (int) INT.get(bytes, index) & 0xffff_ffffL;
            case 8:
                return (long) LONG.get(bytes, index);
            default:
                long value = 0;
                for (int k = 0; k < size; k++) {
                    value |= (bytes[index + k] & 0xffL) << 8 * k;
                }
                return value;
        }
    }

    public static void put(byte[] bytes, int index, int size, long value) {
        switch (size) {
            case 1 -> bytes[index] = (byte) value;
            case 2 -> SHORT.set(bytes, index, (short) value);
            case 4 -> INT.set(bytes, index, (int) value);
            case 8 -> LONG.set(bytes, index, value);
            default -> {
                for (int k = 0; k < size; k++) {
                    bytes[index + k] = (byte) (value >>> 8 * k);
                }
            }
        }
    }

    /** Keeps the low {@code size} bytes. */
    public static long zeroExtend(long value, int size) {
        return size == 8 ? value : value & (1L << 8 * size) - 1;
    }

    /** Copies the top bit of the low {@code size} bytes into all above. */
    public static long signExtend(long value, int size) {
        int unused = 64 - 8 * size;
        return value << unused >> unused;
    }
}
