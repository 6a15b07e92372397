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

    /** How far below the place where the stack pointer was seen it may have been when the stack was left. */
    private static final long UNSEEN = 1 << 12;

    final int number;
    final int ring;
    /** The frame that was running when it was seen first, on another stack; for a base its own. */
    Frame link;

    final List<Frame> frames = new ArrayList<>();
    /** Where the stack pointer stood last, and the highest place it was seen at. */
    long pointer;

    long high;
    /** How far below {@link #pointer} it may be gone on with. */
    long slack = UNSEEN;

    /** Something was called on it. */
    boolean used;
    /** The one that was left for it; null if it was not gone over to by a load of the stack pointer. */
    CallStack before;
    /** The outer ring's, which SYSCALL leaves in the stack pointer: the kernel's own comes after it. */
    boolean outer;
    /** Where the stack pointer stood first: what it was loaded with. */
    final long start;
    /** Something was taken off it that lay there before. */
    boolean taken;

    CallStack(int number, int ring, long pointer) {
        this.number = number;
        this.ring = ring;
        this.pointer = pointer;
        high = pointer;
        start = pointer;
    }

    /** It was gone over to. @param tookOther on the way something was taken off another one in the same way */
    void begins(CallStack left, boolean tookOther) {
        before = left;
        taken = tookOther;
    }

    void at(long newPointer) {
        pointer = newPointer;
        rose(newPointer);
        if (Long.compareUnsigned(newPointer, high) > 0) {
            high = newPointer;
        }
    }

    /** Another one may be gone over to. @param place where the stack pointer stood then; -1 if it is not known */
    void left(long place) {
        if (place != -1) {
            at(place);
        }
        slack = place == -1 ? UNSEEN : 0;
    }

    /** The stack pointer was there, but may have gone back. */
    void rose(long place) {
        taken |= Long.compareUnsigned(place, start) > 0;
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
