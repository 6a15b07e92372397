package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.Frame.Kind;
import dev.ringscope.trace.query.Transfer.Happening;

/**
 * A return to an outer ring: does it end the entry that it is on the way from, and where does it go?
 *
 * @param stack the inner ring's
 * @param root CR3 in the outer ring
 * @param doubt where the stack pointer stood before it was loaded with {@code doubted}, an address not far below; -1 if
 *     it was not
 */
record WayOut(CallStack stack, Event.RingChange change, Happening h, long root, long doubt, long doubted) {
    private static final int OUTERMOST = 3;
    /** Less than a signal's frame. */
    private static final long SIGNAL_FRAME = 64;

    /** What a return to an outer ring is. */
    enum Landing {
        /** To what was interrupted or called. */
        BACK,
        /** To a handler further down the same stack. */
        SIGNAL,
        /** To another thread, or for the first time. */
        ELSEWHERE
    }

    /** It goes to just the place that the entry came from. */
    boolean exact(Frame entry) {
        return !foreign(entry) && change.toPc() == entry.returnTo && h.stack() == entry.caller.stack.pointer;
    }

    private boolean foreign(Frame entry) {
        return change.to() == OUTERMOST && (entry.caller.root ^ root) >>> 12 != 0;
    }

    Landing landing(Frame entry) {
        if (entry == null || foreign(entry)) {
            return Landing.ELSEWHERE;
        }
        CallStack outer = entry.caller.stack;
        if (change.toPc() == entry.returnTo || h.stack() == outer.pointer) {
            return Landing.BACK;
        }
        if (Long.compareUnsigned(h.stack(), outer.pointer) > 0) {
            boolean signal = outer.frames.stream()
                    .anyMatch(f -> f.kind == Kind.SIGNAL && Long.compareUnsigned(f.slot, h.stack()) < 0);
            return signal ? Landing.BACK : Landing.ELSEWHERE;
        }
        boolean room = Long.compareUnsigned(outer.pointer - h.stack(), SIGNAL_FRAME) > 0;
        boolean signal = room && outer.near(h.stack()) && h.top() != 0 && leaves(entry);
        return signal ? Landing.SIGNAL : Landing.ELSEWHERE;
    }

    /**
     * Whether it is the entry's own thread that leaves the ring, and not one that begins on a stack made for it: from
     * such a stack something is taken that was there before. One that is only borrowed for the way out holds what was
     * pushed on it, and belongs to who went over to it, if that has nothing left to return to.
     */
    boolean leaves(Frame entry) {
        boolean pops = change.cause() == Event.Cause.INTERRUPT_RETURN || change.cause() == Event.Cause.FAR_RETURN;
        long from = change.fromStack();
        boolean made = doubt != -1 && Long.compareUnsigned(from, doubt) < 0 && Long.compareUnsigned(from, doubted) >= 0;
        if (pops && made) {
            return false;
        }
        CallStack at = stack;
        boolean taken = pops && Long.compareUnsigned(from, at.start) >= 0;
        while (at != entry.stack && !at.used) {
            if (taken || at.taken) {
                return false;
            }
            taken = false;
            at = at.before;
        }
        return at == stack || at.running().kind != Kind.CALL;
    }
}
