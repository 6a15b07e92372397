package dev.ringscope.trace.query;

import java.io.IOException;

/** Is told what the stacks of calls do, in order. */
interface CallWatcher {
    /** How a frame ended. */
    enum End {
        /** A return took its return address, or left its interrupt or system call. */
        RETURNED,
        /** The stack pointer went beyond it otherwise: longjmp, a dropped return address, a signal's return. */
        UNWOUND
    }

    /** The instructions from one position up to another, which is not less, ran in this frame. */
    default void ran(Frame frame, long from, long to) throws IOException {}

    default void entered(Frame frame) throws IOException {}

    /**
     * @param from linear address of the last instruction in front of it
     * @param to where the processor went
     * @param seen what was looked at when the ring changed; null for nothing
     */
    default void left(Frame frame, End end, long position, long from, long to, Object seen) throws IOException {}

    /** The frame's function was left by a jump to another, {@link Frame#function}, which returns in its place. */
    default void replaced(Frame frame, long before, long position, long from) throws IOException {}
}
