package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;

/**
 * A segment register with its hidden part (Intel SDM vol. 3A, 3.4.3). {@code access} holds bits 8..23 of the
 * descriptor's high word moved down by 8: type in bits 0-3, S bit 4, DPL bits 5-6, P bit 7, AVL bit 12, L bit 13, D/B
 * bit 14, G bit 15.
 */
public final class Segment {
    public static final int S = 0x10;
    public static final int PRESENT = 0x80;
    public static final int LONG = 0x2000;
    public static final int BIG = 0x4000;
    public static final int GRANULAR = 0x8000;
    /** Type bits of code and data segments. */
    public static final int ACCESSED = 1;
    /** Data: writable. Code: readable. */
    public static final int WRITABLE = 2;

    public static final int READABLE = 2;
    /** Data: expand down. Code: conforming. */
    public static final int EXPAND_DOWN = 4;

    public static final int CONFORMING = 4;
    public static final int CODE = 8;

    public int selector;
    public long base;
    /** Last valid offset, in bytes (the granularity is applied). */
    public long limit;

    public int access;

    public int dpl() {
        return access >> 5 & 3;
    }

    public int type() {
        return access & 0xf;
    }

    public boolean present() {
        return (access & PRESENT) != 0;
    }

    /** A code or data segment, as opposed to a system descriptor. */
    public boolean codeOrData() {
        return (access & S) != 0;
    }

    public boolean code() {
        return (access & (S | CODE)) == (S | CODE);
    }

    public boolean big() {
        return (access & BIG) != 0;
    }

    public boolean longMode() {
        return (access & LONG) != 0;
    }

    public void set(int newSelector, long newBase, long newLimit, int newAccess) {
        selector = newSelector;
        base = newBase;
        limit = newLimit;
        access = newAccess;
    }

    public void copyFrom(Segment other) {
        set(other.selector, other.base, other.limit, other.access);
    }

    void save(StateOutput out) {
        out.put(selector).put(base).put(limit).put(access);
    }

    void load(StateInput in) {
        set(in.nextInt(), in.next(), in.next(), in.nextInt());
    }
}
