package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;

/** A call that has not returned: where its return address lies, and what was called. */
final class Frame {
    /** How it came to be. */
    enum Kind {
        /** Where a stack begins: what was running when it was seen first. */
        BASE,
        CALL,
        /** By a change to an inner ring: call gate. */
        GATE,
        SYSTEM_CALL,
        /** An exception or interrupt. */
        INTERRUPT,
        /** Entered by a return to an outer ring that went elsewhere than it came from: a signal handler. */
        SIGNAL
    }

    final Kind kind;
    /** Whom it returns to; null for a base. Of an outer ring if {@link #entry}. */
    final Frame caller;

    final CallStack stack;
    /** Linear address of its return address; of an interrupt, where the stack pointer stood in its handler. */
    final long slot;
    /** Position of its first instruction. */
    final long position;
    /** Linear address of the calling instruction, or of the interrupted one. */
    final long from;
    /** Linear address behind the calling instruction. */
    final long returnTo;

    final int ring;
    final long root;
    /** Of an interrupt; else -1. */
    final int vector;
    /** Ring of the caller. */
    final int outerRing;
    /** Frames of this ring below it. */
    final int depth;
    /** Linear address of the function; a tail call replaces it. */
    long function;

    boolean ended;
    /** Of who gathers trees or shows stacks, of who lists system calls, and of who lists interrupts. */
    Object tag;

    Object call;
    Object delivery;
    /** Of an interrupt; else null. */
    Event.Trap trap;
    /** What was seen when it was made. */
    Object seen;

    Frame(Kind kind, Frame caller, CallStack stack, long slot, Call call, int outerRing) {
        this.kind = kind;
        this.caller = caller;
        this.stack = stack;
        this.slot = slot;
        position = call.position;
        from = call.from;
        returnTo = call.returnTo;
        function = call.to;
        ring = call.ring;
        root = call.root;
        vector = call.vector;
        this.outerRing = outerRing;
        depth = caller == null || caller.ring != ring ? 0 : caller.depth + 1;
    }

    /** Where it was called from, what, and in which ring and address space it runs. */
    record Call(long position, long from, long returnTo, long to, int ring, long root, int vector) {}

    /** It came from an outer ring. */
    boolean entry() {
        return outerRing > ring;
    }
}
