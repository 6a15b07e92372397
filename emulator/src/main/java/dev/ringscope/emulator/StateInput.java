package dev.ringscope.emulator;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.Arrays;

/**
 * Reads back what {@link StateOutput} wrote. A state that is too short or has a wrong length is refused, never trusted.
 */
public final class StateInput {
    private final String owner;
    private final byte[] bytes;
    private int at;

    /** @param owner whose state it is, for messages */
    public StateInput(String owner, byte[] bytes) {
        this.owner = owner;
        this.bytes = bytes;
    }

    public long next() {
        need(8);
        long value = (long) PhysicalMemory.LONG.get(bytes, at);
        at += 8;
        return value;
    }

    public int nextInt() {
        return (int) next();
    }

    public boolean nextBoolean() {
        return next() != 0;
    }

    /** Fills the array, whose length must be the one written. */
    public void next(long[] into) {
        long length = next();
        if (length != into.length) {
            throw bad("an array of %d values".formatted(into.length), length);
        }
        for (int i = 0; i < into.length; i++) {
            into[i] = next();
        }
    }

    /** An array of any length. */
    public long[] nextLongs() {
        long length = next();
        if (length < 0 || length > (bytes.length - at) / 8) {
            throw bad("at most %d values".formatted((bytes.length - at) / 8), length);
        }
        long[] values = new long[(int) length];
        for (int i = 0; i < values.length; i++) {
            values[i] = next();
        }
        return values;
    }

    public byte[] nextBytes() {
        long length = next();
        if (length < 0 || length > bytes.length - at) {
            throw bad("at most %d bytes".formatted(bytes.length - at), length);
        }
        at += (int) length;
        return Arrays.copyOfRange(bytes, at - (int) length, at);
    }

    /** Fills the array, whose length must be the one written. */
    public void next(byte[] into) {
        byte[] found = nextBytes();
        if (found.length != into.length) {
            throw bad("%d bytes".formatted(into.length), found.length);
        }
        System.arraycopy(found, 0, into, 0, into.length);
    }

    /** @throws IllegalArgumentException if something is left over */
    public void end() {
        if (at != bytes.length) {
            throw bad("the end of the state", bytes.length - at);
        }
    }

    private void need(int size) {
        if (bytes.length - at < size) {
            throw bad("%d more bytes".formatted(size), bytes.length - at);
        }
    }

    private IllegalArgumentException bad(String expected, long found) {
        return new IllegalArgumentException(
                "state of %s, offset %d: expected %s, found %d".formatted(owner, at, expected, found));
    }
}
