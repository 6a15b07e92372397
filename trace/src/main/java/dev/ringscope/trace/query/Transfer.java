package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import java.util.List;

/**
 * A place between two blocks at which the stack of calls may change, or ({@link Cut}) what a span of the trace ends
 * with. The next span begins with a transfer that says nothing of the block before it.
 */
sealed interface Transfer {
    /**
     * An event on the way.
     *
     * @param stack linear address that the stack pointer stood at behind it; of what a trap saved last but an error
     *     code
     * @param top the word on the stack of an outer ring that is entered, 0 if there is none
     * @param seen what else was looked at then; null for nothing
     */
    record Happening(Event event, long stack, long top, Object seen) {}

    /**
     * How a block was left, and what happened since the transfer before this one.
     *
     * @param from linear address of the block's last instruction
     * @param next linear address behind that
     * @param codeBase what is added to a program counter to form a linear address
     * @param released bytes that a return takes off the stack
     * @param after where the stack pointer stood behind it
     * @param highest where the stack pointer came at most, as far as it was only moved
     * @param loaded the stack pointer got a value of another origin
     * @param framed that value comes from the frame pointer
     * @param left where it stood before the first such value; -1 if it is not known
     * @param moved by how much it was moved between the last such value and {@code after}, as far as that is known
     * @param took with an earlier such value something was taken off the stack that lay there before
     * @param happenings ring changes, traps and debuggers' writes behind it
     */
    record Leaving(
            StackEffect.Way way,
            long from,
            long next,
            long codeBase,
            int released,
            long after,
            long highest,
            boolean loaded,
            boolean framed,
            long left,
            long moved,
            boolean took,
            List<Happening> happenings) {
        /** Nothing is known of what was before. */
        static Leaving nothing(long stack, List<Happening> happenings) {
            return new Leaving(StackEffect.Way.ON, 0, 0, 0, 0, stack, stack, false, false, -1, 0, false, happenings);
        }

        Leaving with(List<Happening> others) {
            return new Leaving(
                    way, from, next, codeBase, released, after, highest, loaded, framed, left, moved, took, others);
        }
    }

    /** Of the instruction that is executed next. */
    long position();

    Leaving leaving();

    /**
     * @param begins a span begins here: the span before it knows how the block in front was left
     * @param to linear address of the block that is entered
     * @param before where the stack pointer stands in front of it
     */
    record Step(long position, boolean begins, Leaving leaving, long to, long before, int ring, long root)
            implements Transfer {}

    /** The end of a span. */
    record Cut(long position, Leaving leaving) implements Transfer {}
}
