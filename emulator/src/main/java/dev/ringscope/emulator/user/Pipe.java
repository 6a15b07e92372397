package dev.ringscope.emulator.user;

import java.util.Arrays;

/** A pipe of the process to itself: what has been written waits to be read. */
final class Pipe {
    private static final int CAPACITY = 65_536;

    private final byte[] bytes = new byte[CAPACITY];
    private int count;

    int count() {
        return count;
    }

    int room() {
        return CAPACITY - count;
    }

    /** Takes as many of these as there is room for. */
    int write(byte[] data) {
        int taken = Math.min(data.length, room());
        System.arraycopy(data, 0, bytes, count, taken);
        count += taken;
        return taken;
    }

    byte[] read(int most) {
        byte[] data = Arrays.copyOf(bytes, Math.min(most, count));
        count -= data.length;
        System.arraycopy(bytes, data.length, bytes, 0, count);
        return data;
    }
}
