package dev.ringscope.trace.query;

import java.util.ArrayList;
import java.util.List;

/**
 * A stack in memory, and the frames on it whose return addresses have not been taken off. Addresses are unsigned and
 * grow upwards, so that the frames' slots descend.
 */
final class CallStack {
    /** A stack pointer that was loaded and not moved counts for the same stack if it is not farther away. */
    static final long NEAR = 1 << 16;

    /** How far below the stack pointer of a stack that was left the next return address may be put. */
    static final long RESUMED = 1 << 12;

    final int number;
    final int ring;
    /** The frame that was running when it was seen first, on another stack; for a base its own. */
    Frame link;

    final List<Frame> frames = new ArrayList<>();
    /** Where the stack pointer stood last, and the highest place it was seen at. */
    long pointer;

    long high;

    /** Something was called on it. */
    boolean used;

    CallStack(int number, int ring, long pointer) {
        this.number = number;
        this.ring = ring;
        this.pointer = pointer;
        high = pointer;
    }

    void at(long newPointer) {
        pointer = newPointer;
        if (Long.compareUnsigned(newPointer, high) > 0) {
            high = newPointer;
        }
    }

    /** The frame that runs when the processor is on this stack. */
    Frame running() {
        return frames.isEmpty() ? link : frames.getLast();
    }

    /** An address between where it stands, or so many bytes below that, and its highest place. */
    boolean holds(long address, long below) {
        long low = Long.compareUnsigned(pointer, below) < 0 ? 0 : pointer - below;
        return Long.compareUnsigned(address, high) <= 0 && Long.compareUnsigned(address, low) >= 0;
    }

    /** An address so near that it may be a part of it not seen yet. */
    boolean near(long address) {
        long distance = address - pointer;
        return distance < NEAR && distance > -NEAR;
    }

    /** Parts of both are the same memory. */
    boolean overlaps(CallStack other) {
        return Long.compareUnsigned(pointer, other.high) <= 0 && Long.compareUnsigned(other.pointer, high) <= 0;
    }
}
