package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.Arrays;

/** A 256-bit register of a local APIC with a bit per vector: IRR, ISR, TMR. */
final class VectorSet {
    private final long[] words = new long[4];

    void add(int vector) {
        words[vector >> 6] |= 1L << vector;
    }

    void remove(int vector) {
        words[vector >> 6] &= ~(1L << vector);
    }

    boolean contains(int vector) {
        return (words[vector >> 6] >> vector & 1) != 0;
    }

    /** The highest vector in the set, or -1. */
    int highest() {
        for (int i = 3; i >= 0; i--) {
            if (words[i] != 0) {
                return 64 * i + 63 - Long.numberOfLeadingZeros(words[i]);
            }
        }
        return -1;
    }

    /** The 32-bit register 0..7 as it is read. */
    int register(int n) {
        return (int) (words[n >> 1] >> 32 * (n & 1));
    }

    void clear() {
        Arrays.fill(words, 0);
    }

    void save(StateOutput out) {
        out.put(words);
    }

    void load(StateInput in) {
        in.next(words);
    }
}
